import { ActionIcon, Button, FileButton, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import { IconFileImport, IconPlus, IconTrash } from '@tabler/icons-react';
import { fieldError } from '../../api/field-errors.ts';
import type { SiteDraft } from './site-facts.ts';
import type { FieldsProps } from './site-form.tsx';
import styles from './site-page.module.css';

type ApiGroup = SiteDraft['api'][number];

const keyChoices = [
  { value: 'required', label: 'Needed' },
  { value: 'optional', label: 'May be there' },
  { value: 'none', label: 'Not taken' },
] as const;
const modeChoices = [
  { value: 'block', label: 'is refused' },
  { value: 'shadow', label: 'is recorded and let through' },
] as const;
const freshGroup: ApiGroup = {
  path: '/v1/*',
  upstream: null,
  stripPrefix: false,
  version: null,
  openapi: null,
  apiKey: 'required',
  quota: { limit: 1000, windowMs: 60_000 },
  mode: 'block',
};

/** Routes for programs: with keys, quotas, versions, and a description that requests must fit. */
export function ApiFields({ draft, onChange, error }: FieldsProps) {
  const groups = draft.api;
  const put = (index: number, change: Partial<ApiGroup>) =>
    onChange({ api: groups.map((group, at) => (at === index ? { ...group, ...change } : group)) });
  return (
    <Stack gap="md">
      {groups.length === 0 && <p className="quiet">None: programs come by the same routes as people.</p>}
      {groups.map((group, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a group has no identity but its place while it is edited
        <fieldset key={index} className={styles.rule}>
          <legend>{group.path}</legend>
          <GroupFields
            group={group}
            wrong={field => fieldError(error, `api.${index}.${field}`)}
            onChange={change => put(index, change)}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove ${group.path}`}
            onClick={() => onChange({ api: groups.filter((_, at) => at !== index) })}
          >
            <IconTrash size={17} stroke={1.6} />
          </ActionIcon>
        </fieldset>
      ))}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange({ api: [...groups, freshGroup] })}
        >
          Add routes for programs
        </Button>
      </div>
    </Stack>
  );
}

interface GroupProps {
  readonly group: ApiGroup;
  readonly wrong: (field: string) => string | undefined;
  readonly onChange: (change: Partial<ApiGroup>) => void;
}

function GroupFields({ group, wrong, onChange }: GroupProps) {
  return (
    <Stack gap="sm">
      <div className={styles.pair}>
        <TextInput
          label="Below"
          spellCheck={false}
          value={group.path}
          error={wrong('path')}
          onChange={event => onChange({ path: event.currentTarget.value })}
        />
        <TextInput
          label="Service behind"
          placeholder="The site's own upstreams"
          spellCheck={false}
          value={group.upstream ?? ''}
          error={wrong('upstream')}
          onChange={event =>
            onChange({ upstream: event.currentTarget.value === '' ? null : event.currentTarget.value })
          }
        />
        <Select
          label="An API key"
          data={[...keyChoices]}
          value={group.apiKey}
          onChange={value => onChange({ apiKey: keyChoices.find(one => one.value === value)?.value ?? group.apiKey })}
        />
      </div>
      <QuotaFields group={group} wrong={wrong} onChange={onChange} />
      <Switch
        size="xs"
        label="Forward without the prefix"
        checked={group.stripPrefix}
        onChange={event => onChange({ stripPrefix: event.currentTarget.checked })}
      />
      <DescriptionFields group={group} wrong={wrong} onChange={onChange} />
    </Stack>
  );
}

function QuotaFields({ group, wrong, onChange }: GroupProps) {
  const { quota, version } = group;
  return (
    <div className={styles.pair}>
      <NumberInput
        label="Requests a minute"
        description="For each key; empty: no quota"
        min={1}
        hideControls
        value={quota === null ? '' : Math.max(1, Math.round((quota.limit * 60_000) / quota.windowMs))}
        error={wrong('quota')}
        onChange={value => onChange({ quota: typeof value === 'number' ? { limit: value, windowMs: 60_000 } : null })}
      />
      <TextInput
        label="Version header"
        description="Only requests that carry it; empty: all"
        placeholder="accept-version: 2"
        spellCheck={false}
        defaultValue={version === null ? '' : `${version.header}: ${version.value}`}
        error={wrong('version')}
        onBlur={event => {
          const [header = '', value = ''] = event.currentTarget.value.split(/:\s*/, 2);
          onChange({ version: header.trim() === '' ? null : { header: header.trim().toLowerCase(), value } });
        }}
      />
    </div>
  );
}

function DescriptionFields({ group, wrong, onChange }: GroupProps) {
  const take = async (file: File | null) => {
    if (file !== null) onChange({ openapi: await file.text() });
  };
  const problem = wrong('openapi');
  return (
    <div className={styles.pair}>
      <div>
        <FileButton accept=".json,application/json" onChange={file => void take(file)}>
          {props => (
            <Button {...props} size="xs" variant="default" leftSection={<IconFileImport size={15} stroke={1.7} />}>
              {group.openapi === null ? 'Read an OpenAPI 3.1 document' : 'Read another document'}
            </Button>
          )}
        </FileButton>
        {group.openapi !== null && (
          <p className="quiet">
            {titleOf(group.openapi)}{' '}
            <Button size="compact-xs" variant="subtle" onClick={() => onChange({ openapi: null })}>
              Remove
            </Button>
          </p>
        )}
        {problem !== undefined && <p role="alert">{problem}</p>}
      </div>
      {group.openapi !== null && (
        <Select
          label="What does not fit"
          data={[...modeChoices]}
          value={group.mode}
          onChange={value => onChange({ mode: modeChoices.find(one => one.value === value)?.value ?? group.mode })}
        />
      )}
    </div>
  );
}

/** What a document calls itself. */
function titleOf(text: string): string {
  try {
    const { info } = JSON.parse(text) as { info?: { title?: unknown; version?: unknown } };
    const words = [info?.title, info?.version].filter(word => typeof word === 'string');
    return words.join(' ') || 'A document';
  } catch {
    return 'Not JSON';
  }
}
