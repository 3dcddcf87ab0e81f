import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { OperationInput, OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction, useApi, useMay, useMe } from '../../api/queries.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { FieldRow } from '../../components/field-row.tsx';
import { Form } from '../../components/form.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { abilityChoices } from '../keys/permission-words.ts';
import styles from './access.module.css';
import { AccessSection } from './access-section.tsx';

type Explanation = OperationOutput<'access.explain'>;
type ExplainedRequest = OperationOutput<'access.explainRequest'>;
type Permission = OperationInput<'access.explain'>['query']['permission'];
type Method = NonNullable<OperationInput<'access.explainRequest'>['query']['method']>;

const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const atTheGate = [
  { value: 'user.read', label: 'See people' },
  { value: 'user.manage', label: 'Manage people' },
  { value: 'site.read', label: 'See sites' },
  { value: 'site.manage', label: 'Manage sites' },
  { value: 'settings.read', label: 'See settings' },
  { value: 'settings.manage', label: 'Manage settings' },
  { value: 'project.create', label: 'Make projects' },
  { value: 'audit.read', label: 'Read the audit log' },
];
const abilities = [...abilityChoices, { group: 'The gate itself', items: atTheGate }];

/** Why somebody may or may not: the rule, the role, the group and the mapping that led to it. */
export function WhyPage() {
  const mayRead = useMay('user.read');
  const [about, setAbout] = useState<'ability' | 'request'>('ability');
  return (
    <AccessSection
      title="Why?"
      lead="Why somebody may do something, or may not: the rule, the role, the group, the time."
    >
      <Panel>
        {mayRead && (
          <SegmentedControl
            mb="md"
            data={[
              { value: 'ability', label: 'An ability' },
              { value: 'request', label: 'A request' },
            ]}
            value={about}
            onChange={value => setAbout(value === 'request' ? 'request' : 'ability')}
          />
        )}
        {about === 'ability' ? <AboutAbility /> : <AboutRequest />}
      </Panel>
    </AccessSection>
  );
}

function AboutAbility() {
  const [userId, setUserId] = useState<string | null>(useMe().person.id);
  const [permission, setPermission] = useState<string | null>('workflow.update');
  const [project, setProject] = useState<string | null>(null);
  const projects = useApi('projects.list');
  const explain = useAction('access.explain');
  const submit = () => {
    if (userId === null || permission === null) return;
    const asked = { userId, permission: permission as Permission };
    explain.mutate({ query: project === null ? asked : { ...asked, project } });
  };
  return (
    <>
      <Form onSubmit={submit}>
        <FieldRow>
          <PersonChoice value={userId} onChange={setUserId} />
          <Select label="To do" searchable data={abilities} value={permission} onChange={setPermission} />
          <Select
            label="In"
            placeholder="The gate itself"
            clearable
            data={projects.data?.projects.map(one => ({ value: one.id, label: one.name })) ?? []}
            value={project}
            onChange={setProject}
          />
          <Button type="submit" loading={explain.isPending} disabled={userId === null || permission === null}>
            Explain
          </Button>
        </FieldRow>
      </Form>
      <ProblemNotice error={explain.error} />
      {explain.data && <Explained explanation={explain.data} />}
    </>
  );
}

function AboutRequest() {
  const [userId, setUserId] = useState<string | null>(null);
  const [site, setSite] = useState<string | null>(null);
  const [method, setMethod] = useState<Method>('GET');
  const [path, setPath] = useState('/');
  const sites = useApi('sites.list');
  const explain = useAction('access.explainRequest');
  const submit = () => {
    if (userId !== null && site !== null) explain.mutate({ query: { userId, site, method, path } });
  };
  return (
    <>
      <Form onSubmit={submit}>
        <FieldRow>
          <PersonChoice value={userId} onChange={setUserId} />
          <Select
            label="Site"
            data={sites.data?.sites.map(one => ({ value: one.id, label: one.name })) ?? []}
            value={site}
            onChange={setSite}
          />
          <Select
            label="Method"
            data={[...methods]}
            value={method}
            onChange={value => setMethod(methods.find(one => one === value) ?? 'GET')}
          />
          <TextInput
            label="Path"
            spellCheck={false}
            value={path}
            onChange={event => setPath(event.currentTarget.value)}
          />
          <Button type="submit" loading={explain.isPending} disabled={userId === null || site === null}>
            Explain
          </Button>
        </FieldRow>
      </Form>
      <ProblemNotice error={explain.error} />
      {explain.data && <Explained explanation={explain.data} request={explain.data} />}
    </>
  );
}

function PersonChoice({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const { person } = useMe();
  const mayRead = useMay('user.read');
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState({ value: person.id, label: `${person.name} · ${person.email}` });
  // Who is chosen already is not what is looked for: the list then shows everybody.
  const [asked] = useDebouncedValue(search === chosen.label ? '' : search.trim(), 250);
  const people = useApi(
    'users.list',
    { query: { limit: 50, ...(asked === '' ? {} : { search: asked }) } },
    { enabled: mayRead },
  );
  const found = (mayRead ? (people.data?.users ?? []) : [person]).map(one => ({
    value: one.id,
    label: `${one.name} · ${one.email}`,
  }));
  return (
    <Select
      label="Who"
      searchable
      disabled={!mayRead}
      data={found.some(one => one.value === chosen.value) ? found : [chosen, ...found]}
      filter={({ options }) => options}
      searchValue={search}
      onSearchChange={setSearch}
      value={value}
      onChange={(id, option) => {
        if (option !== null) setChosen({ value: option.value, label: option.label });
        onChange(id);
      }}
    />
  );
}

function Explained({ explanation, request }: { explanation: Explanation; request?: ExplainedRequest }) {
  const { allowed, enough, missing, person, rule, ways } = explanation;
  return (
    <div aria-live="polite">
      <p className={styles.verdict} data-allowed={allowed}>
        {person.name} {allowed ? 'may' : 'may not'}
      </p>
      <Facts>
        {request && (
          <Fact name="The request">
            {request.action} on {request.endpoint}
            {request.resource && `, ${request.resource.kind} ${request.resource.id}`}
          </Fact>
        )}
        <Fact name="Because">{rule}</Fact>
        {missing !== null && missing.toLowerCase() !== `${rule.toLowerCase()}.` && (
          <Fact name="Missing">{missing}</Fact>
        )}
        {!allowed && enough.length > 0 && (
          <Fact name="Enough would be">
            {enough
              .map(one => (one.project === null ? `${one.roleName} of the gate` : `${one.roleName} in the project`))
              .join(', or ')}
          </Fact>
        )}
      </Facts>
      {ways.length > 0 && (
        <ul className={styles.ways}>
          {ways.map((way, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- ways have no id of their own and never move
            <li key={at} data-grants={way.doesGrant}>
              {way.roleName} {way.projectName === null ? 'of the gate' : `in ${way.projectName}`}
              <small>
                {wayWords(way)}
                {way.expiresAt !== null && (
                  <>
                    , until <Moment time={way.expiresAt} />
                  </>
                )}
                {!way.doesGrant && ': not enough for this'}
              </small>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function wayWords(way: Explanation['ways'][number]): string {
  if (way.kind === 'elevation') return 'for a time';
  if (way.kind === 'direct') return 'given to the person';
  return `by the group ${way.groupName ?? 'that is gone'}`;
}
