import { SallyportError } from '../core/errors.ts';
import { isLinkLocal } from '../core/ip.ts';
import type { PlatformId } from '../platforms/platforms.ts';
import { invalid } from './api/handler.ts';
import { readText } from './bounds.ts';

/** What an upstream says it is. `claimed`: whether somebody owns it already; null where it does not say. */
export interface Detected {
  readonly platform: PlatformId;
  readonly version: string | null;
  readonly claimed: boolean | null;
}

const timeoutMs = 4000;
const answerBytesMax = 512 * 1024;

/** Reads an upstream's origin. Loopback and private addresses are what platforms stand on; link-local ones are refused. */
export function readUpstream(text: string): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid('body.upstream', 'want an http or https origin, as "http://localhost:5678"');
  }
  if (url.username !== '' || url.password !== '') throw invalid('body.upstream', 'want no user name or password');
  if (isLinkLocal(url.hostname)) throw invalid('body.upstream', 'link-local addresses are refused');
  return new URL(url.origin);
}

/**
 * Asks an upstream what it is: n8n by `/healthz` and the shape of its public settings, Flowise by its ping, anything else that answers
 * HTTP is generic. No redirect is followed, nothing of an answer is passed on. Throws `core.invalid_input`, with
 * what is wrong, when nobody answers over HTTP.
 */
export async function detectUpstream(
  fetch: typeof globalThis.fetch,
  upstream: URL,
  signal: AbortSignal,
): Promise<Detected> {
  let failure: unknown;
  const ask = (path: string) =>
    askUpstream(fetch, new URL(path, upstream), signal).catch((error: unknown) => {
      signal.throwIfAborted();
      failure = error;
      return undefined;
    });
  const n8n = recogniseN8n(await ask('/healthz'), await ask('/rest/settings'));
  if (n8n !== undefined) return n8n;
  const ping = await ask('/api/v1/ping');
  if (ping?.status === 200 && ping.text.trim() === 'pong') {
    return {
      platform: 'flowise',
      version: readVersion(parseJson((await ask('/api/v1/version'))?.text)),
      claimed: null,
    };
  }
  if (ping === undefined && (await ask('/')) === undefined) {
    // The caller's address is wrong or nobody is there: nothing of ours failed, so it is no fault to log.
    const why = explainFailure(failure, upstream);
    throw new SallyportError('core.invalid_input', `Cannot detect "${upstream.origin}": ${why}`, {
      cause: failure,
      detail: why,
      extensions: { errors: [{ path: 'body.upstream', message: why }] },
    });
  }
  return { platform: 'generic', version: null, claimed: null };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Rejects when there was no answer in time. A longer one than any of these would send is cut to nothing. */
async function askUpstream(fetch: typeof globalThis.fetch, url: URL, signal: AbortSignal): Promise<Answer | undefined> {
  const response = await fetch(url, {
    redirect: 'manual',
    credentials: 'omit',
    headers: { accept: 'application/json, text/plain', 'user-agent': 'sallyport' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const text = await readText(response, answerBytesMax).catch(() => '');
  return { status: response.status, text };
}

/** What a person can do something about, from the codes that sockets, TLS and the HTTP parser give. */
function explainFailure(failure: unknown, { origin, protocol, host, hostname }: URL): string {
  const code = codeOf(failure);
  if (code === 'ECONNREFUSED') return `Nothing listens at ${origin}. Is it running, and is the port right?`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The name "${hostname}" is not known on this machine.`;
  if (/TIMEOUT|TIMEDOUT|UND_ERR_ABORTED/.test(code)) return `${origin} does not answer within ${timeoutMs / 1000} s.`;
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code))
    return `${origin} has a certificate that this machine does not trust (${code}). Start the gate with NODE_EXTRA_CA_CERTS=<its CA>.`;
  if (protocol === 'https:' && /SSL|EPROTO|TLS|ECONNRESET/.test(code))
    return `${host} does not speak TLS there. Did you mean http://${host}?`;
  if (/^HPE_|UND_ERR_SOCKET|ECONNRESET/.test(code))
    return `Something listens at ${origin}, but it does not speak plain HTTP. Did you mean https://${host}?`;
  return `${origin} cannot be asked what it is${code === '' ? '' : ` (${code})`}. Is it running, and reachable from this machine?`;
}

/** The first code on the way down the causes: `fetch` wraps what happened, and a name with two addresses wraps it once more. */
function codeOf(failure: unknown, depth = 0): string {
  if (!(failure instanceof Error) || depth > 5) return '';
  if (failure.name === 'TimeoutError') return 'TIMEOUT';
  if ('code' in failure && typeof failure.code === 'string') return failure.code;
  const inner: unknown = failure instanceof AggregateError ? failure.errors[0] : failure.cause;
  return codeOf(inner, depth + 1);
}

function recogniseN8n(health: Answer | undefined, settings: Answer | undefined): Detected | undefined {
  const says = parseJson(health?.text);
  if (health?.status !== 200 || !isRecord(says) || says['status'] !== 'ok') return undefined;
  const answer = parseJson(settings?.text);
  const data = isRecord(answer) && isRecord(answer['data']) ? answer['data'] : undefined;
  // While it starts, n8n answers every path but its health with a plain sentence.
  if (data === undefined)
    return /n8n/i.test(settings?.text ?? '') ? { platform: 'n8n', version: null, claimed: null } : undefined;
  const people = isRecord(data['userManagement']) ? data['userManagement'] : undefined;
  if (people === undefined) return undefined;
  const needsOwner = people['showSetupOnFirstLoad'];
  const version = data['versionCli'];
  return {
    platform: 'n8n',
    version: typeof version === 'string' && version.length <= 40 ? version : null,
    claimed: typeof needsOwner === 'boolean' ? !needsOwner : null,
  };
}

function readVersion(answer: unknown): string | null {
  const version = isRecord(answer) ? answer['version'] : undefined;
  return typeof version === 'string' && version.length <= 40 ? version : null;
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
