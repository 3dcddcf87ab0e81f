import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { NameField } from '../../components/name-field.tsx';
import { freshScope, isUseful, ScopeFields, scopeBody } from '../machines/scope-fields.tsx';
import type { KeyLife } from './key-life.tsx';
import { endOfLife, KeyLifeField } from './key-life.tsx';
import { KeySecret } from './key-secret.tsx';

/** Makes an API key, with as little as the program needs. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [life, setLife] = useState<KeyLife>('90d');
  const [scope, setScope] = useState(freshScope);
  const make = useAction('keys.create', { refreshes: ['keys.list', 'me.listNotices'] });
  return (
    <FormDialog
      title={make.data ? 'API key made' : 'New API key'}
      size={make.data ? 'md' : 'lg'}
      act="Make the key"
      isReady={isUseful(scope)}
      action={make}
      onSubmit={() => make.mutate({ body: { name: name.trim(), ...scopeBody(scope), expiresAt: endOfLife(life) } })}
      onClose={onClose}
      done={
        make.data && (
          <KeySecret token={make.data.token} onClose={onClose}>
            Give this key to <strong>{make.data.key.name}</strong>. It is sent as <code>Authorization: Bearer …</code>.
          </KeySecret>
        )
      }
    >
      <NameField description="What will use it" maxLength={100} error={make.error} value={name} onChange={setName} />
      <ScopeFields value={scope} error={make.error} onChange={setScope} />
      <KeyLifeField label="Ends after" error={fieldError(make.error, 'expiresAt')} value={life} onChange={setLife} />
    </FormDialog>
  );
}
