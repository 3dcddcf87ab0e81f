import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { Choice } from '../../components/choice.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import type { KeyLife } from './key-life.tsx';
import { endOfLife, KeyLifeField } from './key-life.tsx';
import { KeySecret } from './key-secret.tsx';

const overlaps = [
  { value: '0', label: 'At once' },
  { value: '3600000', label: 'After an hour' },
  { value: '86400000', label: 'After a day' },
  { value: '604800000', label: 'After a week' },
];

/** Gives a key a successor with the same scopes. */
export function RotateKeyDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const [overlap, setOverlap] = useState('86400000');
  const [life, setLife] = useState<KeyLife>('90d');
  const rotate = useAction('keys.rotate', { refreshes: ['keys.list'] });
  return (
    <FormDialog
      title={`Rotate ${name}`}
      act="Rotate"
      action={rotate}
      onSubmit={() =>
        rotate.mutate({ params: { id }, body: { overlapMs: Number(overlap), expiresAt: endOfLife(life) } })
      }
      onClose={onClose}
      done={
        rotate.data && (
          <KeySecret token={rotate.data.token} onClose={onClose}>
            The successor of <strong>{name}</strong>. Put it in place before the old one ends.
          </KeySecret>
        )
      }
    >
      <Choice label="The old key ends" choices={overlaps} value={overlap} onChange={setOverlap} />
      <KeyLifeField label="The new key ends after" value={life} onChange={setLife} />
    </FormDialog>
  );
}
