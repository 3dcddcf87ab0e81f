import { Button, Group, Select, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction, useApi } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { duration } from '../../components/time.ts';
import type { Elevation } from './elevation-page.tsx';

const hourMs = 3_600_000;
const times = [0.5, 1, 2, 4, 8, 24].map(hours => hours * hourMs);
const gate = 'gate';
const refreshes = ['elevations.list'] as const;

/** Asks for a role for a time. */
export function ElevationDialog({ durationMaxMs, onClose }: { durationMaxMs: number; onClose: () => void }) {
  const projects = useApi('projects.list');
  const roles = useApi('roles.list');
  const [where, setWhere] = useState<string | null>(null);
  const [role, setRole] = useState<string | null>(null);
  const [time, setTime] = useState(String(hourMs));
  const [reason, setReason] = useState('');
  const ask = useAction('elevations.ask', { refreshes, onDone: onClose });
  const submit = () => {
    if (where === null || role === null) return;
    const project = where === gate ? null : where;
    ask.mutate({ body: { project, role, reason: reason.trim(), durationMs: Number(time) } });
  };
  const places = [
    ...(projects.data?.projects.map(project => ({ value: project.id, label: project.name })) ?? []),
    { value: gate, label: 'The gate itself' },
  ];
  const choices =
    where === gate
      ? [
          { value: 'administrator', label: 'Administrator' },
          { value: 'owner', label: 'Owner' },
        ]
      : [...(roles.data?.builtIn ?? []), ...(roles.data?.custom ?? [])].map(one => ({
          value: one.id,
          label: one.name,
        }));
  return (
    <FormDialog
      title="Ask for a role"
      act="Ask"
      action={ask}
      isReady={role !== null}
      onSubmit={submit}
      onClose={onClose}
    >
      <Select
        label="In"
        placeholder="Choose"
        data={places}
        value={where}
        error={fieldError(ask.error, 'project')}
        onChange={value => {
          setWhere(value);
          setRole(null);
        }}
      />
      <Select
        label="Role"
        placeholder="Choose"
        disabled={where === null}
        data={choices}
        value={role}
        error={fieldError(ask.error, 'role')}
        onChange={setRole}
      />
      <Select
        label="For"
        data={times.filter(ms => ms <= durationMaxMs).map(ms => ({ value: String(ms), label: duration(ms) }))}
        value={time}
        error={fieldError(ask.error, 'durationMs')}
        onChange={value => setTime(value ?? time)}
      />
      <Textarea
        label="Why"
        description="Whoever decides reads it, and so does who looks later"
        required
        maxLength={500}
        autosize
        minRows={2}
        error={fieldError(ask.error, 'reason')}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

/** Approves or denies what somebody else asked for. */
export function DecisionDialog({ elevation, onClose }: { elevation: Elevation; onClose: () => void }) {
  const [comment, setComment] = useState('');
  const approve = useAction('elevations.approve', { refreshes, onDone: onClose });
  const deny = useAction('elevations.deny', { refreshes, onDone: onClose });
  const error = approve.error ?? deny.error;
  const input = { params: { id: elevation.id }, body: { comment: comment.trim() } };
  return (
    <Dialog onClose={onClose} title={`${elevation.name} asks for a role`}>
      <Stack gap="md">
        <p>
          <strong>
            {elevation.roleName} {elevation.projectName === null ? 'of the gate' : `in ${elevation.projectName}`}
          </strong>{' '}
          for {duration(elevation.durationMs)}: “{elevation.reason}”
        </p>
        <Textarea
          label="Comment"
          description="Needed to deny"
          maxLength={500}
          autosize
          minRows={2}
          error={fieldError(error, 'comment')}
          value={comment}
          onChange={event => setComment(event.currentTarget.value)}
        />
        <ProblemNotice error={error} />
        <Group justify="flex-end" gap="sm">
          <Button
            variant="default"
            disabled={comment.trim() === ''}
            loading={deny.isPending}
            onClick={() => deny.mutate(input)}
          >
            Deny
          </Button>
          <Button loading={approve.isPending} onClick={() => approve.mutate(input)}>
            Approve
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
