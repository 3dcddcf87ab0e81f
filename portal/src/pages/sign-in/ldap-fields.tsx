import { SegmentedControl, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { fieldError } from '../../api/field-errors.ts';
import { FieldRow } from '../../components/field-row.tsx';
import type { DraftProps } from './common-fields.tsx';
import { PemField } from './common-fields.tsx';
import type { LdapDraft } from './providers.ts';
import { withProduct } from './providers.ts';

type Settings = LdapDraft['settings'];

/** Where the directory is, how people are found in it, and where their groups are. */
export function LdapFields({ draft, error, onChange }: DraftProps<LdapDraft>) {
  const { settings } = draft;
  const set = (change: Partial<Settings>) => onChange({ ...draft, settings: { ...settings, ...change } });
  const wrong = (field: string) => fieldError(error, `provider.settings.${field}`);
  const isPlain = settings.urls.some(url => url.startsWith('ldap://'));
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label="Product"
        data={[
          { value: 'ldap', label: 'OpenLDAP' },
          { value: 'active_directory', label: 'Active Directory' },
        ]}
        value={settings.product ?? 'ldap'}
        onChange={value =>
          onChange({
            ...draft,
            settings: withProduct(settings, value === 'active_directory' ? 'active_directory' : 'ldap'),
          })
        }
      />
      <TagsInput
        label="Servers"
        description="Of one directory, tried in this order"
        placeholder={settings.urls.length === 0 ? 'ldaps://directory.example.org:636' : ''}
        error={wrong('urls')}
        value={[...settings.urls]}
        onChange={urls => set({ urls })}
      />
      {isPlain && (
        <Switch
          label="Encrypt with StartTLS before anything is sent"
          checked={settings.startTls !== false}
          onChange={event => set({ startTls: event.currentTarget.checked })}
        />
      )}
      <PemField
        label="CA certificate"
        description="Of who signed the servers' certificates, in PEM; empty: those the system trusts"
        value={settings.caPem}
        error={wrong('caPem')}
        onChange={caPem => set({ caPem })}
      />
      <BindFields settings={settings} error={error} onChange={set} />
      <TextInput
        label="Where people are (base DN)"
        placeholder="ou=people,dc=example,dc=org"
        required
        error={wrong('baseDn')}
        value={settings.baseDn}
        onChange={event => set({ baseDn: event.currentTarget.value })}
      />
      <TextInput
        label="How a person is found (user filter)"
        description="{login} is what they typed, escaped"
        error={wrong('userFilter')}
        value={settings.userFilter ?? ''}
        onChange={event => set({ userFilter: event.currentTarget.value })}
      />
      <GroupFields settings={settings} error={error} onChange={set} />
    </Stack>
  );
}

interface PartProps {
  readonly settings: Settings;
  readonly error: unknown;
  readonly onChange: (change: Partial<Settings>) => void;
}

function BindFields({ settings, error, onChange }: PartProps) {
  const { bind } = settings;
  return (
    <>
      <Select
        label="How it is asked (bind)"
        data={[
          { value: 'service', label: 'An account of ours searches, then the person proves the password' },
          { value: 'direct', label: 'The person’s own name and password at once' },
        ]}
        value={bind.kind}
        onChange={value =>
          onChange({
            bind: value === 'direct' ? { kind: 'direct', template: 'uid={login},' } : { kind: 'service', dn: '' },
          })
        }
      />
      {bind.kind === 'service' ? (
        <TextInput
          label="That account (bind DN)"
          placeholder="cn=sallyport,ou=services,dc=example,dc=org"
          error={fieldError(error, 'provider.settings.bind.dn')}
          value={bind.dn}
          onChange={event => onChange({ bind: { kind: 'service', dn: event.currentTarget.value } })}
        />
      ) : (
        <TextInput
          label="Name to bind with"
          description="{login} is what they typed, escaped"
          error={fieldError(error, 'provider.settings.bind.template')}
          value={bind.template}
          onChange={event => onChange({ bind: { kind: 'direct', template: event.currentTarget.value } })}
        />
      )}
    </>
  );
}

function GroupFields({ settings, error, onChange }: PartProps) {
  const groups = settings.groups ?? {};
  const set = (change: Partial<NonNullable<Settings['groups']>>) => onChange({ groups: { ...groups, ...change } });
  const source = groups.source ?? 'search';
  return (
    <>
      <Select
        label="Where groups come from"
        data={[
          { value: 'search', label: 'A search for entries that have the person as member' },
          { value: 'member_of', label: 'The person’s memberOf attribute' },
          { value: 'none', label: 'None' },
        ]}
        value={source}
        onChange={value => set({ source: value === 'none' || value === 'member_of' ? value : 'search' })}
      />
      {source !== 'none' && (
        <FieldRow>
          <TextInput
            label="Where groups are (base DN)"
            description="Empty: where people are"
            error={fieldError(error, 'provider.settings.groups.baseDn')}
            value={groups.baseDn ?? ''}
            onChange={event => set({ baseDn: event.currentTarget.value === '' ? null : event.currentTarget.value })}
          />
          <TextInput
            label="What a group is called"
            description="Attribute of the group"
            error={fieldError(error, 'provider.settings.groups.nameAttribute')}
            value={groups.nameAttribute ?? 'cn'}
            onChange={event => set({ nameAttribute: event.currentTarget.value })}
          />
        </FieldRow>
      )}
      {source !== 'none' && (
        <Switch
          label="Groups of groups count"
          checked={groups.isNested !== false}
          onChange={event => set({ isNested: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
