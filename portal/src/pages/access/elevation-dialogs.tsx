import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { Choice } from '../../components/choice.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { duration } from '../../components/time.ts';
import type { Elevation } from './elevation-page.tsx';
import { chosenRole, nowhere, RolePlaceFields } from './role-place.tsx';

const hourMs = 3_600_000;
const times = [0.5, 1, 2, 4, 8, 24].map(hours => hours * hourMs);
const refreshes = ['elevations.list'] as const;

/** Asks for a role for a time. */
export function ElevationDialog({ durationMaxMs, onClose }: { durationMaxMs: number; onClose: () => void }) {
  const [place, setPlace] = useState(nowhere);
  const [time, setTime] = useState(String(hourMs));
  const [reason, setReason] = useState('');
  const ask = useAction('elevations.ask', { refreshes, onDone: onClose });
  const chosen = chosenRole(place);
  const submit = () => {
    if (chosen !== undefined) ask.mutate({ body: { ...chosen, reason: reason.trim(), durationMs: Number(time) } });
  };
  return (
    <FormDialog
      title="Ask for a role"
      act="Ask"
      action={ask}
      isReady={chosen !== undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <RolePlaceFields
        label="In"
        withGate
        errors={{ where: fieldError(ask.error, 'project'), role: fieldError(ask.error, 'role') }}
        value={place}
        onChange={setPlace}
      />
      <Choice
        label="For"
        choices={times.filter(ms => ms <= durationMaxMs).map(ms => ({ value: String(ms), label: duration(ms) }))}
        value={time}
        error={fieldError(ask.error, 'durationMs')}
        onChange={setTime}
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
