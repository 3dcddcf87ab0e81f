import { MultiSelect, Radio, Select, Stack } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationInput } from '../../../../src/admin/contract/contract.ts';
import { fieldError } from '../../api/field-errors.ts';
import { useAction, useApi } from '../../api/queries.ts';
import { Choice } from '../../components/choice.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { NameField } from '../../components/name-field.tsx';
import { plural } from '../../components/time.ts';

type Scope = OperationInput<'reviews.create'>['body']['scope'];

const weekMs = 7 * 86_400_000;
const dues = [
  { value: '1', label: 'In a week' },
  { value: '2', label: 'In two weeks' },
  { value: '4', label: 'In four weeks' },
];

/** Begins a campaign: what is looked at, by whom, until when. */
export function NewReviewDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [kind, setKind] = useState<string>('all');
  const [within, setWithin] = useState<string | null>(null);
  const [reviewers, setReviewers] = useState<string[]>([]);
  const [due, setDue] = useState('2');
  const [unanswered, setUnanswered] = useState<'keep' | 'revoke'>('revoke');
  const projects = useApi('projects.list');
  const groups = useApi('groups.list', { query: { limit: 500 } });
  const people = useApi('users.list', { query: { limit: 500 } });
  const scope = scopeOf(kind, within);
  const preview = useApi('reviews.preview', { body: { scope: scope ?? { kind: 'all' } } }, { enabled: scope !== null });
  const navigate = useNavigate();
  const create = useAction('reviews.create', {
    refreshes: ['reviews.list'],
    onDone: ({ id }) => void navigate({ to: '/access/reviews/$reviewId', params: { reviewId: id } }),
  });
  const submit = () => {
    if (scope === null) return;
    const dueAt = Date.now() + Number(due) * weekMs;
    create.mutate({ body: { name: name.trim(), scope, reviewers, dueAt, unanswered } });
  };
  return (
    <FormDialog
      title="Begin an access review"
      size="lg"
      act="Begin"
      action={create}
      isReady={scope !== null && reviewers.length > 0 && preview.data?.isTooMany !== true}
      onSubmit={submit}
      onClose={onClose}
    >
      <NameField
        placeholder="Quarterly review, autumn"
        maxLength={120}
        error={create.error}
        value={name}
        onChange={setName}
      />
      <Select
        label="Looks at"
        data={[
          { value: 'all', label: 'Everything anybody holds' },
          { value: 'global_roles', label: 'Administrators and Owners' },
          { value: 'project', label: 'One project' },
          { value: 'group', label: 'One group' },
          { value: 'keys', label: 'API keys and service accounts' },
        ]}
        value={kind}
        onChange={value => {
          setKind(value ?? 'all');
          setWithin(null);
        }}
      />
      {(kind === 'project' || kind === 'group') && (
        <Select
          label={kind === 'project' ? 'Project' : 'Group'}
          searchable
          data={
            kind === 'project'
              ? (projects.data?.projects.map(one => ({ value: one.id, label: one.name })) ?? [])
              : (groups.data?.groups.map(one => ({ value: one.id, label: one.name })) ?? [])
          }
          value={within}
          onChange={setWithin}
        />
      )}
      {scope !== null && preview.data && (
        <p className="quiet">
          {preview.data.isTooMany
            ? `More than ${preview.data.itemsMax.toLocaleString('en-GB')} items: choose a smaller part.`
            : `${plural(preview.data.items, 'item')} of ${plural(preview.data.people, 'person', 'people')}.`}
        </p>
      )}
      <MultiSelect
        label="Reviewers"
        description="Nobody reviews what they hold themselves, so two are better than one"
        searchable
        data={people.data?.users.map(one => ({ value: one.id, label: `${one.name} · ${one.email}` })) ?? []}
        error={fieldError(create.error, 'reviewers')}
        value={reviewers}
        onChange={setReviewers}
      />
      <Choice label="Due" choices={dues} value={due} onChange={setDue} />
      <Radio.Group
        label="What nobody answers by then"
        value={unanswered}
        onChange={value => setUnanswered(value === 'keep' ? 'keep' : 'revoke')}
      >
        <Stack gap="xs" mt={6}>
          <Radio value="revoke" label="is taken away" />
          <Radio value="keep" label="is kept, and the evidence says that nobody answered" />
        </Stack>
      </Radio.Group>
    </FormDialog>
  );
}

function scopeOf(kind: string, within: string | null): Scope | null {
  if (kind === 'project') return within === null ? null : { kind, project: within };
  if (kind === 'group') return within === null ? null : { kind, groupId: within };
  return { kind: kind === 'global_roles' || kind === 'keys' ? kind : 'all' };
}
