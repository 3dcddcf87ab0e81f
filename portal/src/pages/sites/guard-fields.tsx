import { Input, NumberInput, SegmentedControl, Select, TagsInput } from '@mantine/core';
import { useId } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { Choice } from '../../components/choice.tsx';
import { FieldRow } from '../../components/field-row.tsx';
import { OptionalNumber } from '../../components/optional-number.tsx';
import { CertificateFields } from './certificate-fields.tsx';
import type { Guard } from './site-guard.tsx';

const off = { value: 'off', label: 'Off' } as const;
const shadow = { value: 'shadow', label: 'Shadow' } as const;
const redact = { value: 'redact', label: 'Redact' } as const;
const block = { value: 'block', label: 'Block' } as const;
const modeChoices = [off, shadow, block];
const answerChoices = [off, shadow, redact, block];
const modeWords = {
  off: 'Nothing is judged. Sign-in, rights and limits hold as before.',
  shadow: 'Everything is judged and told, nothing is stopped.',
  block: 'What looks like an attack is refused with an incident number.',
} as const;

const paranoias = [
  { value: '1', label: '1: the default' },
  { value: '2', label: '2: stricter' },
  { value: '3', label: '3: wants exclusions' },
  { value: '4', label: '4: wants many of them' },
];
const countryRules = [
  { value: 'any', label: 'All' },
  { value: 'only', label: 'Only these' },
  { value: 'except', label: 'All but these' },
] as const;
const anonymiserChoices = [
  { value: 'pass', label: 'Pass' },
  { value: 'challenge', label: 'Have to prove work' },
  { value: 'block', label: 'Are refused' },
] as const;
const challenges = [
  { value: 'off', label: 'Never' },
  { value: 'overload', label: 'While the gate is overloaded' },
  { value: 'always', label: 'Always' },
] as const;

const mebibyte = 1024 ** 2;

export interface GuardFieldsProps {
  readonly guard: Guard;
  readonly onChange: (change: Partial<Guard>) => void;
  readonly error: unknown;
}

/** The settings of the guard, the weightiest first. */
export function GuardFields({ guard, onChange, error }: GuardFieldsProps) {
  const id = useId();
  return (
    <>
      <Input.Wrapper label="Firewall" labelElement="div" description={modeWords[guard.firewall]} labelProps={{ id }}>
        <SegmentedControl
          aria-labelledby={id}
          fullWidth
          mt={6}
          size="xs"
          value={guard.firewall}
          data={modeChoices}
          onChange={firewall => onChange({ firewall })}
        />
      </Input.Wrapper>
      <FieldRow isEven>
        <Select
          label="Paranoia"
          data={paranoias}
          value={`${guard.paranoia}`}
          onChange={value =>
            onChange({ paranoia: ([1, 2, 3, 4] as const).find(one => `${one}` === value) ?? guard.paranoia })
          }
        />
        <NumberInput
          label="Points that stop"
          min={1}
          max={100}
          allowDecimal={false}
          error={fieldError(error, 'guard.threshold')}
          value={guard.threshold}
          onChange={value => {
            if (typeof value === 'number') onChange({ threshold: value });
          }}
        />
        <Choice
          label="Shields for known faults"
          choices={modeChoices}
          value={guard.shields}
          onChange={shields => onChange({ shields })}
        />
        <Choice
          label="Core Rule Set beside it"
          choices={modeChoices}
          value={guard.coreRules}
          onChange={coreRules => onChange({ coreRules })}
        />
        <Choice
          label="What leaves in answers"
          choices={answerChoices}
          value={guard.answers}
          onChange={answers => onChange({ answers })}
        />
        <OptionalNumber
          label="Bodies judged up to"
          placeholder="whole"
          suffix=" MiB"
          min={0.001}
          max={1024}
          decimalScale={3}
          value={guard.inspectBytesMax && guard.inspectBytesMax / mebibyte}
          onChange={size =>
            onChange({ inspectBytesMax: size === null ? null : Math.max(1024, Math.round(size * mebibyte)) })
          }
        />
      </FieldRow>
      <VisitorFields guard={guard} onChange={onChange} error={error} />
      <CertificateFields guard={guard} onChange={onChange} error={error} />
    </>
  );
}

/** Who may come, whatever they bring. */
function VisitorFields({ guard, onChange, error }: GuardFieldsProps) {
  const { codes, rule } = guard.countries;
  return (
    <>
      <FieldRow isEven>
        <Choice
          label="Countries"
          choices={countryRules}
          value={rule}
          onChange={next => onChange({ countries: { rule: next, codes: next === 'any' ? [] : codes } })}
        />
        <Choice
          label="Anonymisers"
          choices={anonymiserChoices}
          value={guard.anonymisers}
          onChange={anonymisers => onChange({ anonymisers })}
        />
        <Choice
          label="Proof of work from strangers"
          choices={challenges}
          value={guard.challenge}
          onChange={challenge => onChange({ challenge })}
        />
      </FieldRow>
      {rule !== 'any' && (
        <TagsInput
          label="Which countries"
          description="Two letters each, as DE or NL"
          value={codes}
          error={fieldError(error, 'guard.countries')}
          onChange={given => onChange({ countries: { rule, codes: given.map(code => code.trim().toUpperCase()) } })}
        />
      )}
    </>
  );
}
