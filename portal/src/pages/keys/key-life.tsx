import type { ReactNode } from 'react';
import { Choice } from '../../components/choice.tsx';
import { endOf } from '../perimeter/ends.ts';

/** How long a key may live; none lives for ever. */
const lives = [
  { value: '30d', label: '30 days' },
  { value: '90d', label: '90 days' },
  { value: '180d', label: '180 days' },
  { value: '365d', label: 'A year' },
] as const;

export type KeyLife = (typeof lives)[number]['value'];

export interface KeyLifeFieldProps {
  readonly label: string;
  readonly error?: ReactNode;
  readonly value: KeyLife;
  readonly onChange: (life: KeyLife) => void;
}

/** Asks how long a key, secret or token may live. */
export function KeyLifeField(props: KeyLifeFieldProps) {
  return <Choice {...props} choices={lives} />;
}

/** When a life that begins now is over. */
export function endOfLife(life: KeyLife): number {
  const now = Date.now();
  return endOf(life, now) ?? now;
}
