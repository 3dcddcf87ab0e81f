import { Select, TextInput } from '@mantine/core';
import { fieldError } from '../../api/field-errors.ts';
import { useApi } from '../../api/queries.ts';
import { FieldRow } from '../../components/field-row.tsx';
import type { ExclusionPlace } from './exclusion-dialog.tsx';
import { categoryWords } from './words.ts';

const zones = ['*', 'path', 'query', 'header', 'cookie', 'form', 'json', 'multipart', 'file', 'xml', 'graphql', 'text'];

export interface ExclusionFieldsProps {
  readonly site: string;
  /** Left out, the site is given and shown only. */
  readonly onSite: ((site: string) => void) | undefined;
  readonly place: ExclusionPlace;
  readonly onChange: (place: ExclusionPlace) => void;
  readonly error: unknown;
}

/** Which rule does not count, and where. */
export function ExclusionFields({ site, onSite, place, onChange, error }: ExclusionFieldsProps) {
  const rules = useApi('perimeter.rules', undefined, { staleTime: 3_600_000 });
  const known = rules.data?.rules ?? [];
  const groups = [...Map.groupBy(known, rule => rule.category)].map(([category, group]) => ({
    group: categoryWords(category),
    items: [
      ...group.map(rule => ({ value: rule.id, label: `${rule.id}: ${rule.title}` })),
      { value: `${category}.*`, label: `${category}.*: all of them` },
    ],
  }));
  const isKnown = known.some(rule => rule.id === place.rule) || place.rule.endsWith('.*') || place.rule === '';
  return (
    <>
      <SiteField site={site} onSite={onSite} />
      <Select
        label="Rule that is not to count"
        searchable
        data={isKnown ? groups : [place.rule, ...groups]}
        value={place.rule === '' ? null : place.rule}
        error={fieldError(error, 'rule')}
        onChange={rule => onChange({ ...place, rule: rule ?? place.rule })}
      />
      <TextInput
        label="Route"
        description="As records name it; * is every route"
        required
        spellCheck={false}
        error={fieldError(error, 'endpoint')}
        value={place.endpoint}
        onChange={event => onChange({ ...place, endpoint: event.currentTarget.value })}
      />
      <FieldRow isEven>
        <Select
          label="Part of the request"
          data={zones.map(value => ({ value, label: value === '*' ? 'any' : value }))}
          value={place.zone}
          error={fieldError(error, 'zone')}
          onChange={zone => onChange({ ...place, zone: zone ?? place.zone })}
        />
        <TextInput
          label="Field"
          placeholder="has no name"
          spellCheck={false}
          error={fieldError(error, 'name')}
          value={place.name}
          onChange={event => onChange({ ...place, name: event.currentTarget.value })}
        />
      </FieldRow>
    </>
  );
}

function SiteField({ site, onSite }: Pick<ExclusionFieldsProps, 'site' | 'onSite'>) {
  const sites = useApi('sites.list');
  if (onSite === undefined) return <TextInput label="Site" value={site} readOnly />;
  return (
    <Select
      label="Site"
      data={sites.data?.sites.map(({ name }) => name) ?? []}
      value={site === '' ? null : site}
      onChange={value => onSite(value ?? site)}
    />
  );
}
