import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Control, Filter } from 'ldapts';
import { Client, InvalidCredentialsError, ResultCodeError } from 'ldapts';
import type { Secret } from '../../core/secret.ts';
import type { LdapSettings } from '../provider-settings.ts';
import type { DirectoryEntry } from './entry.ts';
import { toEntry } from './entry.ts';
import { directoryError, isBindName } from './escape.ts';
import { framingLimits, guardStream } from './framing.ts';
import type { Transport, TransportFault } from './transport.ts';
import { openTransport } from './transport.ts';

/** What to search: below `base`, at most `max` entries. */
export interface Search {
  readonly base: string;
  readonly scope?: 'base' | 'sub';
  readonly filter: Filter | string;
  readonly attributes: readonly string[];
  readonly max: number;
}

/** An open connection to one server of the directory. Everything it does ends within the time limit of the settings or with the signal. */
export interface Connection extends AsyncDisposable {
  readonly url: string;
  readonly encryption: Transport['encryption'];
  /** Throws what the server answered. An empty password or a name that could be read as a mechanism is never sent. */
  bind(name: string, password: Secret, controls?: Control[]): Promise<void>;
  /** The entries, and whether there are more than `max`. Referrals are not followed. */
  search(search: Search): Promise<{ readonly entries: readonly DirectoryEntry[]; readonly isMore: boolean }>;
}

/** Opens a connection, or says why no server could be reached. */
export async function openConnection(
  settings: LdapSettings,
  trust: () => SecureContext,
  signal: AbortSignal,
): Promise<Connection | readonly TransportFault[]> {
  const transport = await openTransport(settings, trust, signal);
  return 'stream' in transport ? overTransport(transport, settings, signal) : transport;
}

/** The same, throwing `identity.provider_unreachable` that names every server and its fault. */
export async function connect(
  settings: LdapSettings,
  trust: () => SecureContext,
  signal: AbortSignal,
): Promise<Connection> {
  const connection = await openConnection(settings, trust, signal);
  if ('bind' in connection) return connection;
  const said = connection.map(fault => `"${fault.url}": ${fault.text}`).join('; ');
  throw directoryError(`Cannot reach the directory ${said}`);
}

function overTransport(transport: Transport, settings: LdapSettings, signal: AbortSignal): Connection {
  const stream = guardStream(transport.stream, framingLimits);
  const abort = (): void => void stream.destroy(new Error('ended by the caller'));
  signal.addEventListener('abort', abort, { once: true });
  const client = clientOver(stream, settings.timeoutMs);
  /** What an operation failed with, in words an operator can act on. */
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ResultCodeError) throw error;
      const cause = stream.errored ?? error;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw directoryError(`Cannot ${what} at "${transport.url}": ${reason.slice(0, 300)}`, cause);
    }
  };
  return {
    url: transport.url,
    encryption: transport.encryption,
    bind: (name, password, controls) =>
      attempt('sign in', async () => {
        if (password.reveal() === '') throw new Error('an empty password is never sent');
        if (!isBindName(name)) throw new Error(`"${name}" is no name to sign in with: want a DN or user@domain`);
        await client.bind(name, password.reveal(), controls);
      }),
    search: search => attempt('search', () => searchPages(client, search, settings)),
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', abort);
      await client.unbind().catch(() => {});
      stream.destroy();
      transport.stream.destroy();
    },
  };
}

function clientOver(stream: ReturnType<typeof guardStream>, timeoutMs: number): Client {
  let isTaken = false;
  return new Client({
    // Never dialled: the connection is there already, and a lost one is not opened again behind our back.
    url: 'ldap://connected.invalid',
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    createConnection: () => {
      if (isTaken) throw new Error('the connection was lost');
      isTaken = true;
      // The library uses of a socket what every duplex stream has, and these two.
      return Object.assign(stream, { connecting: false, readyState: 'open' }) as unknown as Socket;
    },
  });
}

const pageSize = 500;

async function searchPages(
  client: Client,
  search: Search,
  settings: LdapSettings,
): Promise<{ entries: readonly DirectoryEntry[]; isMore: boolean }> {
  // No size limit in the request: the library would hide that the server cut the answer short, which must be an error.
  const pages = client.searchPaginated(search.base, {
    scope: search.scope ?? 'sub',
    filter: search.filter,
    attributes: [...search.attributes],
    explicitBufferAttributes: ['objectGUID', settings.attributes.id].filter(name => /^objectguid$/i.test(name)),
    derefAliases: 'never',
    timeLimit: Math.ceil(settings.timeoutMs / 1000),
    paged: { pageSize: Math.min(search.max + 1, pageSize) },
  });
  const entries: DirectoryEntry[] = [];
  for await (const page of pages) {
    entries.push(...page.searchEntries.map(toEntry));
    if (entries.length > search.max) return { entries: entries.slice(0, search.max), isMore: true };
  }
  return { entries, isMore: false };
}

/** Signs in with the account of ours. Throws `identity.provider_unreachable` saying what to change. */
export async function bindService(connection: Connection, dn: string, secret: Secret | undefined): Promise<void> {
  if (secret === undefined || secret.reveal() === '') {
    throw directoryError(`Cannot sign in to the directory as "${dn}": its password is not set`);
  }
  try {
    await connection.bind(dn, secret);
  } catch (error) {
    throw operatorError(error, {
      act: `sign in to the directory as "${dn}"`,
      ...(error instanceof InvalidCredentialsError ? { hint: 'invalid credentials for the bind DN' } : {}),
    });
  }
}

const hints: ReadonlyMap<number, string> = new Map([
  [3, 'the server ran out of time: narrow the base DN or the filter'],
  [4, 'the server gives fewer entries than there are: raise its size limit for this account'],
  [8, 'the server wants encryption: use ldaps:// or StartTLS'],
  [10, 'the server only refers to another one, and referrals are not followed: name the right server or base DN'],
  [11, 'the server gives fewer entries than there are: raise its limits for this account'],
  [13, 'the server wants encryption: use ldaps:// or StartTLS'],
  [32, 'base DN not found, or this account may not see it'],
  [34, 'not a DN the server can read'],
  [50, 'this account may not search there'],
  [53, 'the server is unwilling, perhaps because it wants encryption or a sign-in first'],
]);

/** An answer of the server that is about the set-up, as an error that says what to change. */
export function operatorError(error: unknown, about: { act: string; hint?: string }): unknown {
  if (!(error instanceof ResultCodeError)) return error;
  const hint = about.hint ?? hints.get(error.code) ?? 'see the log of the server';
  return directoryError(`Cannot ${about.act}: ${hint} (result ${error.code})`, error);
}
