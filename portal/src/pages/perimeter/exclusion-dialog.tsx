import { Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/api.ts';
import { fieldError } from '../../api/field-errors.ts';
import { Choice } from '../../components/choice.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { plural } from '../../components/time.ts';
import { endOf, endsOfExclusions } from './ends.ts';
import { ExclusionFields } from './exclusion-fields.tsx';
import styles from './perimeter.module.css';
import type { IncidentDetail } from './words.ts';

export type ExclusionPlace = IncidentDetail['proposals'][number];

export interface ExclusionDialogProps {
  /** Left out, it is asked for. */
  readonly site?: string;
  /** What is to be excluded, as proposed; left out, it is asked for. */
  readonly places?: readonly ExclusionPlace[];
  readonly onClose: () => void;
}

const nowhere: ExclusionPlace = { rule: '', endpoint: '*', zone: '*', name: '*' };

/** Makes exclusions with one reason and one end: those proposed, or one that is written by hand. */
export function ExclusionDialog({ site: given, places: proposed, onClose }: ExclusionDialogProps) {
  const queries = useQueryClient();
  const [site, setSite] = useState(given ?? '');
  const [places, setPlaces] = useState(proposed ?? [nowhere]);
  const [draft, setDraft] = useState({ reason: '', end: '30d' });
  const create = useMutation({
    mutationFn: async () => {
      const rest = { site, reason: draft.reason.trim(), expiresAt: endOf(draft.end, Date.now()) };
      for (const place of places) await call('exclusions.create', { body: { ...place, ...rest } });
    },
    onSuccess: async () => {
      const message = `${plural(places.length, 'exclusion')} at ${site}. The next request follows it.`;
      notifications.show({ message, color: 'verdigris' });
      onClose();
      await queries.invalidateQueries({ queryKey: ['exclusions.list'] });
    },
  });
  const only = places[0];
  return (
    <FormDialog
      title={proposed ? 'Let honest work through' : 'New exclusion'}
      size="lg"
      act={places.length > 1 ? `Create ${places.length} exclusions` : 'Create the exclusion'}
      action={create}
      isReady={site !== '' && only?.rule !== ''}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      {places.length === 1 && only !== undefined ? (
        <ExclusionFields
          site={site}
          onSite={given === undefined ? setSite : undefined}
          place={only}
          onChange={place => setPlaces([place])}
          error={create.error}
        />
      ) : (
        <Proposed places={places} />
      )}
      <Textarea
        label="Reason"
        description="Why this is no attack, for whoever reads it later"
        required
        minLength={3}
        maxLength={500}
        rows={2}
        data-autofocus={proposed !== undefined || undefined}
        error={fieldError(create.error, 'reason')}
        value={draft.reason}
        onChange={event => setDraft({ ...draft, reason: event.currentTarget.value })}
      />
      <Choice label="For" choices={endsOfExclusions} value={draft.end} onChange={end => setDraft({ ...draft, end })} />
    </FormDialog>
  );
}

function Proposed({ places }: { places: readonly ExclusionPlace[] }) {
  return (
    <div>
      <p className={styles.sentence}>All of these are needed to let the same request through:</p>
      <ul className={styles.places}>
        {places.map(place => (
          <li key={JSON.stringify(place)}>
            <code>{place.rule}</code> at <code>{place.name === '' ? place.zone : `${place.zone} ${place.name}`}</code>{' '}
            of <code>{place.endpoint}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
