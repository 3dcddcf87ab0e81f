import { Button, Checkbox, Group, MultiSelect, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction, useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { Form } from '../../components/form.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { PanelSkeleton } from '../../components/panel-skeleton.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { plural } from '../../components/time.ts';
import type { GlobalRole } from '../../roles.ts';
import { globalRoles } from '../../roles.ts';
import { SignInSection } from './sign-in-section.tsx';

type Policy = OperationOutput<'policy.getMfa'>;

/** Who needs more than a password. */
export function FactorsPage() {
  const policy = useApi('policy.getMfa');
  return (
    <SignInSection
      title="Second factors"
      lead="Who needs more than a password, and who a passkey. What a single site wants beyond that is set with the site."
    >
      <Answer query={policy} skeleton={<PanelSkeleton />}>
        {data => <PolicyForm key={data.revision} policy={data} />}
      </Answer>
    </SignInSection>
  );
}

function PolicyForm({ policy }: { policy: Policy }) {
  const [draft, setDraft] = useState({
    roles: policy.roles,
    groups: policy.groups,
    phishingResistantRoles: policy.phishingResistantRoles,
    phishingResistantGroups: policy.phishingResistantGroups,
  });
  const save = useAction('policy.setMfa', {
    refreshes: ['policy.getMfa', 'system.overview'],
    onDone: () => notifications.show({ message: 'It counts from the next sign-in.', color: 'verdigris' }),
  });
  const submit = () => save.mutate({ body: { ...draft, revision: policy.revision } });
  return (
    <Form onSubmit={submit}>
      <Stack gap={20}>
        <Panel
          title="A second factor"
          note="An authenticator app or a passkey, besides the password. Also for sign-ins through a provider whose own second factor does not count."
        >
          <Stack gap="md">
            <WhoFields
              roles={draft.roles}
              groups={draft.groups}
              fixed={policy.floor}
              onChange={change => setDraft({ ...draft, ...change })}
            />
            <p className="quiet">
              {policy.peopleWithout === 0
                ? 'Everybody who needs one has one.'
                : `${plural(policy.peopleWithout, 'person', 'people')} will be asked to set one up at the next sign-in. `}
              {policy.peopleWithout > 0 && <Link to="/people">See the people</Link>}
            </p>
          </Stack>
        </Panel>
        <Panel
          title="A passkey"
          note="Cannot be given away on a false page, as codes and passwords can. Whoever has none is asked to make one."
        >
          <Stack gap="md">
            <WhoFields
              roles={draft.phishingResistantRoles}
              groups={draft.phishingResistantGroups}
              fixed={[]}
              onChange={({ groups, roles }) =>
                setDraft({
                  ...draft,
                  ...(roles === undefined ? {} : { phishingResistantRoles: roles }),
                  ...(groups === undefined ? {} : { phishingResistantGroups: groups }),
                })
              }
            />
          </Stack>
        </Panel>
        <ProblemNotice error={save.error} />
        <Group gap="md">
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
          {policy.updatedAt !== null && (
            <span className="quiet">
              Changed <Moment time={policy.updatedAt} /> by {policy.updatedBy ?? 'somebody'}
            </span>
          )}
        </Group>
      </Stack>
    </Form>
  );
}

function WhoFields({
  roles,
  groups,
  fixed,
  onChange,
}: {
  roles: readonly GlobalRole[];
  groups: readonly string[];
  fixed: readonly GlobalRole[];
  onChange: (change: { roles?: GlobalRole[]; groups?: string[] }) => void;
}) {
  const found = useApi('groups.list', { query: { limit: 500 } });
  return (
    <>
      <Checkbox.Group
        label="Roles"
        value={[...new Set([...fixed, ...roles])]}
        onChange={chosen => onChange({ roles: globalRoles.map(one => one.value).filter(one => chosen.includes(one)) })}
      >
        <Group gap="lg" mt={6}>
          {globalRoles.map(role => (
            <Checkbox
              key={role.value}
              value={role.value}
              label={role.label}
              disabled={fixed.includes(role.value)}
              description={fixed.includes(role.value) ? 'By the configuration file' : undefined}
            />
          ))}
        </Group>
      </Checkbox.Group>
      <MultiSelect
        label="Groups"
        searchable
        data={found.data?.groups.map(group => ({ value: group.id, label: group.name })) ?? []}
        value={[...groups]}
        onChange={chosen => onChange({ groups: chosen })}
      />
    </>
  );
}
