import type { Audit } from '../audit/audit.ts';
import type { Log } from '../core/log.ts';
import type { HeadSample, PlaneMessage } from '../gateway/gateway.ts';
import type { Identity } from '../identity/identity.ts';
import type { PlatformAccounts, PlatformFact } from '../platforms/platforms.ts';

const seenEveryMs = 5000;
const seenMax = 100_000;

/**
 * Hears what the data planes tell: events go to the log, facts are joined with those of other sources, last-seen times are gathered and written
 * in batches. Throws what the log's queue throws, so that a plane which cannot tell refuses its next request.
 */
export interface PlaneEars extends AsyncDisposable {
  take(message: PlaneMessage): void;
}

export function createPlaneEars(deps: {
  audit: Pick<Audit, 'enqueue'>;
  identity: Pick<Identity, 'touchSessions' | 'touchApiKeys'>;
  accounts: Pick<PlatformAccounts, 'renewed'>;
  /** Keeps when somebody last did something in a project. */
  touchUses: (uses: ReadonlyMap<string, number>) => Promise<void>;
  keepHead: (head: HeadSample) => void;
  tellFact: (fact: PlatformFact, from: { siteId: string; userId: string | null; requestId: string }) => void;
  log: Log;
}): PlaneEars {
  let seen = new Map<string, number>();
  let used = new Map<string, number>();
  let uses = new Map<string, number>();

  async function writeSeen(): Promise<void> {
    if (seen.size === 0) return;
    const batch = seen;
    seen = new Map();
    try {
      await deps.identity.touchSessions(batch);
    } catch (error) {
      // Later sightings are newer; what could not be written is tried with them.
      for (const [sessionId, at] of seen) batch.set(sessionId, at);
      seen = batch;
      throw error;
    }
  }

  /** The last use is for people to read: what could not be written is written with the next. */
  async function writeUsed(): Promise<void> {
    if (used.size === 0) return;
    const batch = used;
    used = new Map();
    await deps.identity.touchApiKeys(batch);
  }

  async function writeUses(): Promise<void> {
    if (uses.size === 0) return;
    const batch = uses;
    uses = new Map();
    await deps.touchUses(batch);
  }

  const renewals = new Set<Promise<void>>();
  const report = (event: string) => (error: unknown) => deps.log.error(event, { error });
  const timer = setInterval(() => {
    void writeSeen().catch(report('sessions.touch_failed'));
    void writeUsed().catch(report('api_keys.touch_failed'));
    void writeUses().catch(report('access.touch_failed'));
  }, seenEveryMs);
  timer.unref();
  return {
    take(message) {
      switch (message.kind) {
        case 'event':
          deps.audit.enqueue(message.event);
          return;
        case 'fact':
          deps.tellFact(message.fact, { siteId: message.site, userId: message.userId, requestId: message.requestId });
          return;
        case 'head':
          deps.keepHead(message.head);
          return;
        case 'seen':
          for (const [sessionId, at] of message.sessions)
            if (seen.size < seenMax || seen.has(sessionId)) seen.set(sessionId, at);
          return;
        case 'keys_used':
          for (const [id, at] of message.keys) if (used.size < seenMax || used.has(id)) used.set(id, at);
          return;
        case 'used':
          for (const [key, at] of message.uses) if (uses.size < seenMax || uses.has(key)) uses.set(key, at);
          return;
        case 'platform_session': {
          const renewal = deps.accounts
            .renewed(message.site, message.userId, message.session)
            .catch(report('platform.renew_failed'))
            .finally(() => renewals.delete(renewal));
          renewals.add(renewal);
          return;
        }
        default:
          message satisfies never;
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all(renewals);
      await writeSeen().catch(report('sessions.touch_failed'));
      await writeUsed().catch(report('api_keys.touch_failed'));
      await writeUses().catch(report('access.touch_failed'));
    },
  };
}
