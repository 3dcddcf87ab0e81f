import type { Access } from '../access/access.ts';
import type { Secret } from '../core/secret.ts';
import type { AssertionKeys } from '../gateway/gateway.ts';
import { createAssertionKeys } from '../gateway/gateway.ts';
import type { Identity } from '../identity/identity.ts';
import type { Foundation } from './foundation.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** What is due at identity providers is looked for so often. */
const refreshEveryMs = 5000;
const keyAgeMaxMs = 30 * 24 * hourMs;

interface Kept {
  readonly access: Access;
  readonly identity: Identity;
  /** Awaited: every data plane signs with the new keys when it returns. */
  readonly keysChanged: (keys: AssertionKeys) => Promise<void>;
}

/** What is done again and again while the gate runs, until the stack is closed. A task that fails is logged and tried again. */
export function keepUp(house: Foundation, { access, identity, keysChanged }: Kept, stack: AsyncDisposableStack): void {
  const ending = new AbortController();
  stack.defer(() => ending.abort());
  stack.defer(watchBreakGlass(access, house));
  const every = (ms: number, name: string, task: () => Promise<unknown>): void => {
    let isRunning = false;
    const run = async (): Promise<void> => {
      // One that takes longer than its interval is not begun beside itself.
      if (isRunning) return;
      isRunning = true;
      await task()
        .catch((error: unknown) => house.log.error(name, { error }))
        .finally(() => {
          isRunning = false;
        });
    };
    const timer = setInterval(() => void run(), ms);
    timer.unref();
    stack.defer(() => clearInterval(timer));
  };
  every(refreshEveryMs, 'federation.refresh_failed', () => identity.signOn.refresh(ending.signal));
  every(minuteMs, 'sessions.sweep_failed', () => identity.sweep());
  every(minuteMs, 'reviews.sweep_failed', () => access.reviews.sweep());
  every(minuteMs, 'elevations.sweep_failed', () => access.elevations.sweep());
  every(minuteMs, 'keys.renew_failed', async () => {
    const renewed = await renewKeys(house);
    if (renewed.isNew) await keysChanged(renewed.keys);
  });
  every(hourMs, 'inactive.sweep_failed', async () => {
    const exempt = await access.breakGlass.list();
    return identity.disableInactive(new Set(exempt.map(({ userId }) => userId)));
  });
}

/** The signing keys, new ones when the held are older than a month; the former public half stays in the JWKS until the next round. */
export async function renewKeys(house: Foundation): Promise<{ keys: AssertionKeys; isNew: boolean }> {
  const parse = (kept: Secret) => JSON.parse(kept.reveal()) as AssertionKeys;
  const { value, isNew } = await house.settings.renew('assertion-keys', keyAgeMaxMs, held =>
    JSON.stringify(createAssertionKeys(held && parse(held))),
  );
  return { keys: parse(value), isNew };
}

/**
 * Raises the alarm when an account for emergencies signs in. The sign-in itself is recorded before anybody hears of it. Returns the way to
 * stop listening.
 */
function watchBreakGlass({ breakGlass }: Pick<Access, 'breakGlass'>, house: Foundation): () => void {
  return house.bus.subscribe(event => {
    if (event.type !== 'session.opened' || event.principal.kind !== 'user') return;
    const { id: userId, name: email } = event.principal;
    const session = { userId, email, sessionId: event.data.sessionId, clientIp: event.clientIp };
    void breakGlass
      .noteSignIn(session)
      .then(isMarked => isMarked && house.log.error('break_glass.used', { userId, email, clientIp: event.clientIp }))
      .catch(error => house.log.error('break_glass.note_failed', { error }));
  });
}
