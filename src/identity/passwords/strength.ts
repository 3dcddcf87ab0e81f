import { Worker } from 'node:worker_threads';
import { SallyportError } from '../../core/errors.ts';
import { createLimiter } from '../../core/limiter.ts';
import type { Secret } from '../../core/secret.ts';

/** Whether a password takes enough guesses. Throws `identity.busy` when it cannot be told in time: what is not judged is not accepted. */
export type Strength = (password: Secret, context: readonly string[]) => Promise<boolean>;

const waitingMax = 32;
const judgeTimeoutMs = 5000;
/** The lists take some 60 MB: a thread nobody needs is let go. */
const idleMs = 60_000;
const contextMax = 16;

interface Thread {
  judge(password: string, context: readonly string[]): Promise<boolean>;
  stop(): void;
}

/** One thread for it, made when it is first needed: the time it takes is nobody else's. One that takes too long is ended. */
export function createStrength(options: { timeoutMs?: number; file?: URL } = {}): Strength {
  const { timeoutMs = judgeTimeoutMs, file = new URL('./strength-worker.ts', import.meta.url) } = options;
  const limit = createLimiter({ activeMax: 1, waitingMax, code: 'identity.busy' });
  let thread: Thread | undefined;
  let idle: NodeJS.Timeout | undefined;

  function letGo(): void {
    thread?.stop();
    thread = undefined;
  }

  return (password, context) =>
    limit(async () => {
      clearTimeout(idle);
      thread ??= startThread(file);
      try {
        return await inTime(thread.judge(password.reveal(), context.slice(0, contextMax)), timeoutMs);
      } catch (cause) {
        letGo();
        throw new SallyportError('identity.busy', 'Cannot judge a password: its thread gave no answer in time', {
          cause,
        });
      } finally {
        idle = setTimeout(letGo, idleMs);
        idle.unref();
      }
    });
}

function startThread(file: URL): Thread {
  const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: 256 } });
  worker.unref();
  let fail: (error: Error) => void = () => undefined;
  worker.on('error', error => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => fail(new Error('the thread has ended')));
  return {
    judge: (password, context) =>
      new Promise((resolve, reject) => {
        fail = reject;
        worker.once('message', ({ isStrong }: { isStrong: unknown }) => resolve(isStrong === true));
        // A process that only waits for this must not end before it: referenced while it works.
        worker.ref();
        worker.postMessage({ password, context });
      }).finally(() => worker.unref()) as Promise<boolean>,
    stop: () => void worker.terminate(),
  };
}

async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
