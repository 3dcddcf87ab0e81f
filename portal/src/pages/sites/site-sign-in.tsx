import { ActionIcon, Button, Checkbox, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { fieldError } from '../../api/field-errors.ts';
import { projectAbilities } from '../keys/permission-words.ts';
import type { SiteDraft } from './site-facts.ts';
import type { FieldsProps } from './site-form.tsx';
import styles from './site-page.module.css';

type Rule = SiteDraft['signIn']['stepUp'][number];

const abilities = projectAbilities.map(({ group, items }) => ({
  group,
  items: items.map(({ value, label }) => ({ value, label: `${group}: ${label.toLowerCase()}` })),
}));

const freshRule: Rule = {
  methods: [],
  path: null,
  permission: 'credential.manage',
  maxAgeMinutes: 15,
  mfa: false,
  phishingResistant: false,
  apiKeys: 'refuse',
};

/** How well somebody must have proved who they are, for the site and for single routes and actions of it. */
export function SignInFields({ draft, onChange, error }: FieldsProps) {
  const { signIn } = draft;
  const set = (change: Partial<SiteDraft['signIn']>) => onChange({ signIn: { ...signIn, ...change } });
  const put = (index: number, change: Partial<Rule>) =>
    set({ stepUp: signIn.stepUp.map((rule, at) => (at === index ? { ...rule, ...change } : rule)) });
  return (
    <Stack gap="md">
      <Switch
        label="Everybody here has two factors"
        checked={signIn.mfa}
        onChange={event => set({ mfa: event.currentTarget.checked })}
      />
      <NumberInput
        label="Proved within"
        description="Minutes; empty: the session is enough"
        min={1}
        max={10_080}
        hideControls
        value={signIn.maxAgeMinutes ?? ''}
        error={fieldError(error, 'signIn.maxAgeMinutes')}
        onChange={value => set({ maxAgeMinutes: typeof value === 'number' ? value : null })}
      />
      {signIn.stepUp.map((rule, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a rule has no identity but its place while it is edited
        <fieldset key={index} className={styles.rule}>
          <legend>Wants more</legend>
          <RuleFields rule={rule} error={fieldError(error, `signIn.stepUp.${index}`)} onChange={c => put(index, c)} />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove rule ${index + 1}`}
            onClick={() => set({ stepUp: signIn.stepUp.filter((_, at) => at !== index) })}
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
          onClick={() => set({ stepUp: [...signIn.stepUp, freshRule] })}
        >
          Want more for a route or action
        </Button>
      </div>
    </Stack>
  );
}

function RuleFields({
  rule,
  error,
  onChange,
}: {
  rule: Rule;
  error: string | undefined;
  onChange: (change: Partial<Rule>) => void;
}) {
  return (
    <Stack gap="sm">
      <div className={styles.pair}>
        <Select
          label="Action"
          placeholder="Any"
          clearable
          searchable
          data={abilities}
          value={rule.permission}
          // The choice holds permissions of the contract only.
          onChange={value => onChange({ permission: value as Rule['permission'] })}
        />
        <TextInput
          label="Path"
          placeholder="/rest/settings/*"
          spellCheck={false}
          value={rule.path ?? ''}
          error={error}
          onChange={event => onChange({ path: event.currentTarget.value === '' ? null : event.currentTarget.value })}
        />
        <NumberInput
          label="Proved within (minutes)"
          min={1}
          max={10_080}
          hideControls
          value={rule.maxAgeMinutes ?? ''}
          onChange={value => onChange({ maxAgeMinutes: typeof value === 'number' ? value : null })}
        />
      </div>
      <Checkbox
        size="xs"
        label="with two factors"
        checked={rule.mfa}
        onChange={event => onChange({ mfa: event.currentTarget.checked })}
      />
      <Checkbox
        size="xs"
        label="with a passkey"
        checked={rule.phishingResistant}
        onChange={event => onChange({ phishingResistant: event.currentTarget.checked })}
      />
      <Checkbox
        size="xs"
        label="API keys pass, though they cannot prove anything"
        checked={rule.apiKeys === 'allow'}
        onChange={event => onChange({ apiKeys: event.currentTarget.checked ? 'allow' : 'refuse' })}
      />
    </Stack>
  );
}
