const retryMs = 1000;

/**
 * Makes calls of one act run one after another, so that the last to begin is the last to take effect. A call that fails rejects, and the act is
 * tried again every second until it succeeds once: what depends on it does not stay behind. Nothing is kept alive by that.
 */
export function createInTurn(act: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;

  async function once(): Promise<void> {
    clearTimeout(retry);
    try {
      await act();
    } catch (error) {
      retry = setTimeout(() => void run().catch(() => undefined), retryMs).unref();
      throw error;
    }
  }
  function run(): Promise<void> {
    const mine = last.then(once);
    last = mine.catch(() => undefined);
    return mine;
  }
  return run;
}
