import { createHash } from 'node:crypto';
import { hookHeaders } from '../hook-signature.ts';
import { hookSource } from './hook-source.ts';

export interface N8nHookOptions {
  /** Where the gate takes hook messages: `https://localhost:8443/.sallyport/hooks/n8n`. */
  readonly endpoint: string;
  /** The site as the gate calls it. */
  readonly site: string;
  /** Ask the gate before every run. Off: the hook only tells. */
  readonly veto?: boolean;
  /** What happens to a run when the gate does not answer in time. */
  readonly whenUnreachable?: 'refuse' | 'allow';
  /** How long a run waits for the gate's word. */
  readonly timeoutMs?: number;
}

/**
 * The text of an external hook file for n8n (CommonJS, no dependencies). It holds no secret: that is read from
 * `SALLYPORT_HOOK_SECRET` or `SALLYPORT_HOOK_SECRET_FILE` where n8n runs, and without one n8n does not start. The file checks its own digest.
 */
export function printN8nHook(options: N8nHookOptions): string {
  const settings = JSON.stringify({
    endpoint: new URL(options.endpoint).href,
    site: options.site,
    veto: options.veto ?? true,
    whenUnreachable: options.whenUnreachable ?? 'refuse',
    timeoutMs: options.timeoutMs ?? 2000,
    headers: hookHeaders,
  });
  const body = hookSource.replace('__SETTINGS__', () => settings);
  const digest = createHash('sha256').update(body).digest('hex');
  return `${body}check('${digest}');\n`;
}
