import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import styles from './list-search.module.css';

export interface Search {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** What is asked once typing pauses; empty for everything. */
  readonly asked: string;
}

const pauseMs = 300;

/** What is typed into the search above a list. */
export function useListSearch(): Search {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), pauseMs);
  return { text, setText, asked };
}

/** Finds rows of the list below it. */
export function ListSearch({ search, label, hint }: { search: Search; label: string; hint: string }) {
  return (
    <TextInput
      aria-label={label}
      placeholder={hint}
      className={styles.search ?? ''}
      leftSection={<IconSearch size={16} stroke={1.6} />}
      value={search.text}
      onChange={event => search.setText(event.currentTarget.value)}
    />
  );
}

/** The search as an API takes it. */
export const searchQuery = ({ asked }: Search): { readonly search?: string } => (asked === '' ? {} : { search: asked });
