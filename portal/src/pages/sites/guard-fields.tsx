import { Input, NumberInput, SegmentedControl, Select, TagsInput } from '@mantine/core';
import { useId } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { CertificateFields } from './certificate-fields.tsx';
import type { Guard } from './site-guard.tsx';
import styles from './site-page.module.css';

const modes = ['off', 'shadow', 'block'] as const;
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
const answerModes = ['off', 'shadow', 'redact', 'block'] as const;
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
          data={[...choicesOf(modes)]}
          onChange={value => onChange({ firewall: pick(modes, value) ?? guard.firewall })}
        />
      </Input.Wrapper>
      <div className={styles.pair}>
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
        <Select
          label="Shields for known faults"
          data={choicesOf(modes)}
          value={guard.shields}
          onChange={value => onChange({ shields: pick(modes, value) ?? guard.shields })}
        />
        <Select
          label="Core Rule Set beside it"
          data={choicesOf(modes)}
          value={guard.coreRules}
          onChange={value => onChange({ coreRules: pick(modes, value) ?? guard.coreRules })}
        />
        <Select
          label="What leaves in answers"
          data={choicesOf(answerModes)}
          value={guard.answers}
          onChange={value => onChange({ answers: pick(answerModes, value) ?? guard.answers })}
        />
        <NumberInput
          label="Bodies judged up to"
          placeholder="whole"
          suffix=" MiB"
          min={0.001}
          max={1024}
          decimalScale={3}
          hideControls
          value={guard.inspectBytesMax === null ? '' : guard.inspectBytesMax / mebibyte}
          onChange={value =>
            onChange({
              inspectBytesMax: typeof value === 'number' ? Math.max(1024, Math.round(value * mebibyte)) : null,
            })
          }
        />
      </div>
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
      <div className={styles.pair}>
        <Select
          label="Countries"
          data={[...countryRules]}
          value={rule}
          onChange={value => {
            const next = countryRules.find(choice => choice.value === value)?.value ?? rule;
            onChange({ countries: { rule: next, codes: next === 'any' ? [] : codes } });
          }}
        />
        <Select
          label="Anonymisers"
          data={[...anonymiserChoices]}
          value={guard.anonymisers}
          onChange={value =>
            onChange({ anonymisers: anonymiserChoices.find(one => one.value === value)?.value ?? guard.anonymisers })
          }
        />
        <Select
          label="Proof of work from strangers"
          data={[...challenges]}
          value={guard.challenge}
          onChange={value =>
            onChange({ challenge: challenges.find(one => one.value === value)?.value ?? guard.challenge })
          }
        />
      </div>
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

const words = { off: 'Off', shadow: 'Shadow', redact: 'Redact', block: 'Block' } as const;

function choicesOf<T extends keyof typeof words>(values: readonly T[]): { value: T; label: string }[] {
  return values.map(value => ({ value, label: words[value] }));
}

function pick<T extends string>(values: readonly T[], value: string | null): T | undefined {
  return values.find(one => one === value);
}
