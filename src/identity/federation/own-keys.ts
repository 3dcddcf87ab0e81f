import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import type { Ground } from '../ground.ts';
import { change } from '../ground.ts';
import type { KeyStep } from '../provider-settings.ts';
import type { Protocols } from './connections.ts';
import type { OwnKey } from './federation.ts';
import { getProviderRow, recordProvider, secretContext, toProvider } from './providers.ts';

/** Our keys towards a SAML provider, those in use first; of other kinds none. */
export async function ownKeysOf(ground: Ground, protocols: Protocols, id: string): Promise<OwnKey[]> {
  const held = await heldKeys(ground, id);
  return held === undefined ? [] : protocols.showSamlKeys(held.secret);
}

/**
 * Changes our keys towards a SAML provider by one step; the next sign-in and the metadata follow at once, on every node. Of two at once
 * one is told (`store.conflict`), as is a step whose time has not come: no key is lost by a race.
 */
export async function stepOwnKeys(
  ground: Ground,
  protocols: Protocols,
  asked: { by: PrincipalRef; id: string; step: KeyStep },
): Promise<OwnKey[]> {
  const { by, id, step } = asked;
  // Making keys takes its time: no transaction waits for it.
  const held = await heldKeys(ground, id);
  if (held === undefined) {
    const detail = 'kind: only towards a SAML provider are there keys of ours';
    throw new SallyportError('core.invalid_input', `Cannot change keys, ${detail}`, { detail });
  }
  const secret = await protocols.stepSamlKeys(held.secret, step, ground);
  return change(ground, async work => {
    const taken = await work.tx
      .updateTable('identity_providers')
      .set(row => ({ sealed: ground.vault.seal(secret, secretContext(id)), revision: row('revision', '+', 1) }))
      .where('id', '=', id)
      .where('sealed', '=', held.sealed)
      .returningAll()
      .executeTakeFirst();
    if (taken === undefined) {
      const message = 'Cannot change the keys of the SAML provider: they, or it, were changed meanwhile; look again';
      throw new SallyportError('store.conflict', message, { detail: message });
    }
    const changed = [`keys.${step}`];
    await recordProvider(work, by, { type: 'provider.updated', id, input: toProvider(taken), changed });
    return protocols.showSamlKeys(secret);
  });
}

async function heldKeys(ground: Ground, id: string): Promise<{ sealed: string; secret: Secret } | undefined> {
  const { kind, sealed } = await getProviderRow(ground.db, { id });
  if (kind !== 'saml' || sealed === null) return undefined;
  return { sealed, secret: ground.vault.open(sealed, secretContext(id)) };
}
