import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useApi } from '../../api/queries.ts';

export interface PersonSelectProps {
  readonly label: string;
  /** Service accounts are found too. */
  readonly withMachines?: boolean;
  /** Who is no choice. */
  readonly isLeftOut: (one: { readonly id: string; readonly disabled: boolean }) => boolean;
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

const pauseMs = 250;

/** Finds a person by name or e-mail address. What was typed goes when the choice is taken back. */
export function PersonSelect({ label, withMachines = false, isLeftOut, value, onChange }: PersonSelectProps) {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.split(' · ')[0]?.trim() ?? '', pauseMs);
  const query = asked === '' ? {} : { search: asked };
  const people = useApi('users.list', { query: { limit: 50, ...query } });
  const machines = useApi('machines.list', { query: { all: 'true', ...query } }, { enabled: withMachines });
  useEffect(() => {
    if (value === null) setSearch('');
  }, [value]);
  const found = [
    ...(people.data?.users ?? []).map(person => ({ ...person, label: `${person.name} · ${person.email}` })),
    ...(machines.data?.accounts ?? []).slice(0, 50).map(one => ({ ...one, label: `${one.name} · service account` })),
  ];
  return (
    <Select
      label={label}
      placeholder="Name or e-mail"
      searchable
      clearable
      nothingFoundMessage="Nobody found"
      data={found.filter(one => !isLeftOut(one)).map(one => ({ value: one.id, label: one.label }))}
      filter={({ options }) => options}
      searchValue={search}
      onSearchChange={setSearch}
      value={value}
      onChange={onChange}
    />
  );
}
