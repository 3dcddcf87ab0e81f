import { MultiSelect, NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { fieldError } from '../../api/field-errors.ts';
import { useApi } from '../../api/queries.ts';
import { Choice } from '../../components/choice.tsx';
import { FieldRow } from '../../components/field-row.tsx';
import { OptionalNumber } from '../../components/optional-number.tsx';
import type { Site } from './site-facts.ts';
import { originOf } from './site-facts.ts';
import type { FieldsProps } from './site-form.tsx';

const mebibyte = 1024 ** 2;

/** Under which names and on which port people reach the site. */
export function AddressFields({ draft, onChange, error }: FieldsProps) {
  return (
    <>
      <Switch
        label="Open"
        description="Switched off, the site answers nobody, published routes included."
        checked={draft.enabled}
        onChange={event => onChange({ enabled: event.currentTarget.checked })}
      />
      <TextInput
        label="Name"
        value={draft.name}
        error={fieldError(error, 'name')}
        onChange={event => onChange({ name: event.currentTarget.value })}
      />
      <FieldRow isEven>
        <TagsInput
          label="Host names"
          placeholder={draft.hosts.length === 0 ? 'n8n.example.org' : ''}
          value={[...draft.hosts]}
          error={fieldError(error, 'hosts')}
          onChange={hosts => onChange({ hosts: hosts.map(host => host.trim().toLowerCase()) })}
        />
        <OptionalNumber
          label="Port of its own"
          placeholder="found by host name"
          min={0}
          max={65535}
          allowDecimal={false}
          allowNegative={false}
          value={draft.port}
          error={fieldError(error, 'port')}
          onChange={port => onChange({ port })}
        />
      </FieldRow>
    </>
  );
}

/** Where the application listens, and how it is asked whether it is well. */
export function UpstreamFields({ draft, onChange, error }: FieldsProps) {
  return (
    <>
      <TagsInput
        label="Addresses"
        description="With several, requests are spread over those that answer"
        value={[...draft.upstreams]}
        error={fieldError(error, 'upstreams')}
        onChange={upstreams => onChange({ upstreams: upstreams.map(originOf) })}
      />
      <FieldRow isEven>
        <TextInput
          label="Health path"
          value={draft.healthPath}
          error={fieldError(error, 'healthPath')}
          onChange={event => onChange({ healthPath: event.currentTarget.value })}
        />
        <NumberInput
          label="Longest answer"
          suffix=" s"
          min={0.1}
          max={3600}
          decimalScale={1}
          hideControls
          value={draft.upstreamTimeoutMs / 1000}
          error={fieldError(error, 'upstreamTimeoutMs')}
          onChange={value => {
            if (typeof value === 'number') onChange({ upstreamTimeoutMs: Math.round(value * 1000) });
          }}
        />
      </FieldRow>
    </>
  );
}

/** How much one request may bring. */
export function LimitFields({ draft, onChange, error }: FieldsProps) {
  return (
    <NumberInput
      label="Largest request body"
      suffix=" MiB"
      min={0.001}
      max={1024}
      decimalScale={3}
      hideControls
      value={draft.bodyBytesMax / mebibyte}
      error={fieldError(error, 'bodyBytesMax')}
      onChange={value => {
        if (typeof value === 'number') onChange({ bodyBytesMax: Math.max(1024, Math.round(value * mebibyte)) });
      }}
    />
  );
}

const accountChoices: { value: Site['accounts']; label: string }[] = [
  { value: 'personal', label: 'An account for each person' },
  { value: 'project', label: 'An account for each project' },
  { value: 'shared', label: 'One shared account' },
  { value: 'none', label: 'None' },
];

const headerChoices: { value: Site['identityHeaders']; label: string }[] = [
  { value: 'remote', label: 'Remote-User, Remote-Email, …' },
  { value: 'x-forwarded', label: 'X-Forwarded-User, …' },
  { value: 'none', label: 'None' },
];

/** How people appear to the application, and in which project its things are unless assigned elsewhere. */
export function IdentityFields({ draft, onChange, error, platform }: FieldsProps & { platform: Site['platform'] }) {
  const projects = useApi('projects.list');
  const known = projects.data?.projects.map(project => ({ value: project.id, label: project.name })) ?? [];
  const choices = known.some(project => project.value === draft.defaultProject)
    ? known
    : [...known, { value: draft.defaultProject, label: draft.defaultProject }];
  return (
    <>
      <Choice
        label="Accounts on the platform"
        choices={accountChoices}
        disabled={platform === 'generic'}
        value={draft.accounts}
        error={fieldError(error, 'accounts')}
        description="With an account for each project, its people share their work and projects see nothing of each other"
        onChange={accounts => onChange(accounts === 'project' ? { accounts } : { accounts, projects: [] })}
      />
      <Choice
        label="Headers that name the person"
        description="Copies sent by a client are always dropped"
        choices={headerChoices}
        value={draft.identityHeaders}
        onChange={identityHeaders => onChange({ identityHeaders })}
      />
      <Select
        label="Default project"
        description="Where a workflow belongs until it is assigned to another project"
        data={choices}
        value={draft.defaultProject}
        error={fieldError(error, 'defaultProject')}
        onChange={value => onChange({ defaultProject: value ?? draft.defaultProject })}
      />
      {draft.accounts === 'project' && (
        <MultiSelect
          label="Further projects"
          description="Each works on the site by an account of its own"
          data={known.filter(project => project.value !== draft.defaultProject)}
          value={[...draft.projects]}
          error={fieldError(error, 'projects')}
          onChange={projects => onChange({ projects })}
        />
      )}
    </>
  );
}
