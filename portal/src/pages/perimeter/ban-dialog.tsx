import { TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { Choice } from '../../components/choice.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { endOf, endsOfBans } from './ends.ts';

/** Keeps an address or a block out, for as long as is said. */
export function BanDialog({ network = '', onClose }: { network?: string; onClose: () => void }) {
  const [draft, setDraft] = useState({ network, reason: '', end: '7d' });
  const ban = useAction('bans.create', {
    refreshes: ['bans.list', 'perimeter.summary'],
    onDone: made => {
      notifications.show({ message: `${made.network} is kept out from the next request on.`, color: 'verdigris' });
      onClose();
    },
  });
  const submit = () => {
    const { end, reason } = draft;
    ban.mutate({ body: { network: draft.network.trim(), reason: reason.trim(), until: endOf(end, Date.now()) } });
  };
  return (
    <FormDialog title="Ban an address" act="Ban" action={ban} isDangerous onSubmit={submit} onClose={onClose}>
      <TextInput
        label="Address or block"
        description="As 198.51.100.7 or 198.51.100.0/24. An IPv6 address stands for its /64."
        required
        spellCheck={false}
        autoComplete="off"
        data-autofocus={network === '' || undefined}
        error={fieldError(ban.error, 'network')}
        value={draft.network}
        onChange={event => setDraft({ ...draft, network: event.currentTarget.value })}
      />
      <TextInput
        label="Reason"
        description="For whoever reads it later"
        required
        minLength={3}
        maxLength={500}
        data-autofocus={network !== '' || undefined}
        error={fieldError(ban.error, 'reason')}
        value={draft.reason}
        onChange={event => setDraft({ ...draft, reason: event.currentTarget.value })}
      />
      <Choice label="For" choices={endsOfBans} value={draft.end} onChange={end => setDraft({ ...draft, end })} />
    </FormDialog>
  );
}
