import { Button, FileButton, Stack, Switch, TextInput } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { fieldError } from '../../api/field-errors.ts';
import { Choice } from '../../components/choice.tsx';
import { FieldRow } from '../../components/field-row.tsx';
import { OptionalNumber } from '../../components/optional-number.tsx';
import { RuleList } from '../../components/rule-list.tsx';
import type { SiteDraft } from './site-facts.ts';
import type { FieldsProps } from './site-form.tsx';

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
  return (
    <Stack gap="md">
      {draft.api.length === 0 && <p className="quiet">None: programs come by the same routes as people.</p>}
      <RuleList
        rules={draft.api}
        onChange={api => onChange({ api })}
        legend={group => group.path}
        name={group => group.path}
        add="Add routes for programs"
        fresh={freshGroup}
      >
        {(group, put, index) => (
          <GroupFields group={group} wrong={field => fieldError(error, `api.${index}.${field}`)} onChange={put} />
        )}
      </RuleList>
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
    <>
      <FieldRow isEven>
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
        <Choice
          label="An API key"
          choices={keyChoices}
          value={group.apiKey}
          onChange={apiKey => onChange({ apiKey })}
        />
      </FieldRow>
      <QuotaFields group={group} wrong={wrong} onChange={onChange} />
      <Switch
        size="xs"
        label="Forward without the prefix"
        checked={group.stripPrefix}
        onChange={event => onChange({ stripPrefix: event.currentTarget.checked })}
      />
      <DescriptionFields group={group} wrong={wrong} onChange={onChange} />
    </>
  );
}

function QuotaFields({ group, wrong, onChange }: GroupProps) {
  const { quota, version } = group;
  return (
    <FieldRow isEven>
      <OptionalNumber
        label="Requests a minute"
        description="For each key; empty: no quota"
        min={1}
        value={quota && Math.max(1, Math.round((quota.limit * 60_000) / quota.windowMs))}
        error={wrong('quota')}
        onChange={limit => onChange({ quota: limit === null ? null : { limit, windowMs: 60_000 } })}
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
    </FieldRow>
  );
}

function DescriptionFields({ group, wrong, onChange }: GroupProps) {
  const take = async (file: File | null) => {
    if (file !== null) onChange({ openapi: await file.text() });
  };
  const problem = wrong('openapi');
  return (
    <FieldRow isEven>
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
        <Choice
          label="What does not fit"
          choices={modeChoices}
          value={group.mode}
          onChange={mode => onChange({ mode })}
        />
      )}
    </FieldRow>
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
