import { Button, FileButton, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { FieldRow } from '../../components/field-row.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import type { DraftProps } from './common-fields.tsx';
import type { SamlDraft } from './providers.ts';
import styles from './sign-in.module.css';

/** The identity provider, best read from its metadata. */
export function SamlFields({ draft, error, onChange }: DraftProps<SamlDraft>) {
  const { settings } = draft;
  const attributes = settings.attributes ?? {};
  const set = (change: Partial<SamlDraft['settings']>) => onChange({ ...draft, settings: { ...settings, ...change } });
  const wrong = (field: string) => fieldError(error, `provider.settings.${field}`);
  return (
    <Stack gap="md">
      <Metadata onRead={read => set(read)} />
      <TextInput
        label="Entity id"
        description="What the provider calls itself"
        required
        error={wrong('entityId')}
        value={settings.entityId}
        onChange={event => set({ entityId: event.currentTarget.value.trim() })}
      />
      <FieldRow>
        <TextInput
          label="Sign-in address (SSO)"
          required
          error={wrong('ssoUrl')}
          value={settings.ssoUrl}
          onChange={event => set({ ssoUrl: event.currentTarget.value.trim() })}
        />
        <Select
          label="Binding"
          data={[
            { value: 'redirect', label: 'Redirect' },
            { value: 'post', label: 'POST' },
          ]}
          value={settings.ssoBinding ?? 'redirect'}
          onChange={value => set({ ssoBinding: value === 'post' ? 'post' : 'redirect' })}
        />
      </FieldRow>
      <TextInput
        label="Sign-out address (SLO)"
        description="Empty: the provider is not told of sign-outs"
        error={wrong('sloUrl')}
        value={settings.sloUrl ?? ''}
        onChange={event => set({ sloUrl: event.currentTarget.value === '' ? null : event.currentTarget.value.trim() })}
      />
      <Textarea
        label="Signing certificates"
        description="PEM; two while it changes over"
        className={styles.pem ?? ''}
        autosize
        minRows={3}
        maxRows={10}
        spellCheck={false}
        error={wrong('certificates')}
        value={settings.certificates.join('\n')}
        onChange={event => set({ certificates: certificatesIn(event.currentTarget.value) })}
      />
      <FieldRow>
        <TextInput
          label="Attribute with groups"
          description="Empty: none"
          error={wrong('attributes.groups')}
          value={attributes.groups === undefined ? 'groups' : (attributes.groups ?? '')}
          onChange={event =>
            set({
              attributes: {
                ...attributes,
                groups: event.currentTarget.value === '' ? null : event.currentTarget.value,
              },
            })
          }
        />
        <TextInput
          label="Attribute with the e-mail address"
          error={wrong('attributes.email')}
          value={attributes.email ?? 'mail'}
          onChange={event => set({ attributes: { ...attributes, email: event.currentTarget.value } })}
        />
      </FieldRow>
      <TextInput
        label="Attribute that never changes"
        description="Empty: the NameID, which then has to be persistent"
        error={wrong('attributes.id')}
        value={attributes.id ?? ''}
        onChange={event =>
          set({
            attributes: { ...attributes, id: event.currentTarget.value === '' ? null : event.currentTarget.value },
          })
        }
      />
      <Switch
        label="Sign our requests"
        checked={settings.signsRequests !== false}
        onChange={event => set({ signsRequests: event.currentTarget.checked })}
      />
      <Switch
        label="Accept only encrypted assertions"
        checked={settings.wantsEncrypted === true}
        onChange={event => set({ wantsEncrypted: event.currentTarget.checked })}
      />
      <Switch
        label="Accept sign-ins that begin at the provider"
        description="Off is safer: whoever begins here is known to have wanted it"
        checked={settings.allowsUnsolicited === true}
        onChange={event => set({ allowsUnsolicited: event.currentTarget.checked })}
      />
    </Stack>
  );
}

function Metadata({ onRead }: { onRead: (settings: SamlDraft['settings']) => void }) {
  const read = useAction('providers.readMetadata', { onDone: ({ settings }) => onRead(settings) });
  const take = async (file: File | null) => {
    if (file !== null) read.mutate({ body: { xml: await file.text() } });
  };
  return (
    <>
      <FileButton
        accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
        onChange={file => void take(file)}
      >
        {props => (
          <Button
            {...props}
            variant="default"
            leftSection={<IconFileImport size={16} stroke={1.7} />}
            loading={read.isPending}
          >
            Read its metadata file
          </Button>
        )}
      </FileButton>
      <ProblemNotice error={read.error} />
    </>
  );
}

/** Each certificate of a text; what is being typed stays as it is. */
function certificatesIn(text: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (found !== null && text.replace(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g, '').trim() === '') return found;
  return text.trim() === '' ? [] : [text];
}
