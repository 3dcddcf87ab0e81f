import { Checkbox, Select, Stack, Switch, TextInput } from '@mantine/core';
import { fieldError } from '../../api/field-errors.ts';
import { FieldRow } from '../../components/field-row.tsx';
import { OptionalNumber } from '../../components/optional-number.tsx';
import { RuleList } from '../../components/rule-list.tsx';
import { abilityChoices } from '../keys/permission-words.ts';
import type { SiteDraft } from './site-facts.ts';
import type { FieldsProps } from './site-form.tsx';

type Rule = SiteDraft['signIn']['stepUp'][number];

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
  return (
    <Stack gap="md">
      <Switch
        label="Everybody here has two factors"
        checked={signIn.mfa}
        onChange={event => set({ mfa: event.currentTarget.checked })}
      />
      <OptionalNumber
        label="Proved within"
        description="Minutes; empty: the session is enough"
        min={1}
        max={10_080}
        value={signIn.maxAgeMinutes}
        error={fieldError(error, 'signIn.maxAgeMinutes')}
        onChange={maxAgeMinutes => set({ maxAgeMinutes })}
      />
      <RuleList
        rules={signIn.stepUp}
        onChange={stepUp => set({ stepUp })}
        legend={() => 'Wants more'}
        name={(_, index) => `rule ${index + 1}`}
        add="Want more for a route or action"
        fresh={freshRule}
      >
        {(rule, put, index) => (
          <RuleFields rule={rule} error={fieldError(error, `signIn.stepUp.${index}`)} onChange={put} />
        )}
      </RuleList>
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
    <>
      <FieldRow isEven>
        <Select
          label="Action"
          placeholder="Any"
          clearable
          searchable
          data={abilityChoices}
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
        <OptionalNumber
          label="Proved within (minutes)"
          min={1}
          max={10_080}
          value={rule.maxAgeMinutes}
          onChange={maxAgeMinutes => onChange({ maxAgeMinutes })}
        />
      </FieldRow>
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
    </>
  );
}
