/** A whole Sallyport for tests: the real wiring on a temporary folder and free ports, and people who sign in as people do. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Clock } from '../../src/core/clock.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Log } from '../../src/core/log.ts';
import { silentLog } from '../../src/core/log.ts';
import { calmLoad } from '../../src/gateway/gateway.fixture.ts';
import type { Sallyport, Seams } from '../../src/server/server.ts';
import { loadConfig, startSallyport } from '../../src/server/server.ts';
import type { Seen, Visitor } from './visitor.ts';
import { createVisitor, totpCode } from './visitor.ts';

export const goodPassword = 'seven quiet herons wade';

export interface Product extends AsyncDisposable {
  readonly sallyport: Sallyport;
  readonly portal: string;
  readonly dir: string;
  readonly ca: string;
  /** What it warned of. */
  readonly logged: string[];
  /** Stops it and starts it again on the same data. */
  restart(): Promise<void>;
  visitor(): Visitor;
}

/** A port nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export async function startProduct(
  options: { config?: Record<string, unknown>; clock?: Clock; auditDisk?: NonNullable<Seams['auditDisk']> } = {},
): Promise<Product> {
  await using stack = new AsyncDisposableStack();
  const dir = mkdtempSync(path.join(tmpdir(), 'sallyport-product-'));
  stack.defer(() => rmSync(dir, { recursive: true, force: true }));
  const logged: string[] = [];
  const note = (event: string, fields?: Record<string, unknown>): void => {
    logged.push(
      `${event} ${fields?.['error'] instanceof Error ? fields['error'].stack : JSON.stringify(fields ?? {})}`,
    );
  };
  const log: Log = { ...silentLog, warn: note, error: note, child: () => log };
  const config = {
    listen: { port: await freePort() },
    metrics: { port: 0 },
    sampleApp: false,
    audit: { lingerMs: 0 },
    ...options.config,
  };
  writeFileSync(path.join(dir, 'sallyport.yaml'), stringify(config));
  const seams = {
    clock: options.clock ?? systemClock,
    random: randomBytes,
    env: {},
    log,
    loadSource: calmLoad,
    ...(options.auditDisk === undefined ? {} : { auditDisk: options.auditDisk }),
  };
  const open = () => startSallyport(loadConfig(path.join(dir, 'sallyport.yaml'), dir), seams);
  let sallyport = await open();
  stack.defer(() => sallyport[Symbol.asyncDispose]());
  const visitors = stack.use(new AsyncDisposableStack());
  // A name outside those the authority may sign for makes a new one: read when it is needed.
  const readCa = () => readFileSync(path.join(dir, 'data', 'tls', 'ca.pem'), 'utf8');
  const owned = stack.move();
  return {
    get sallyport() {
      return sallyport;
    },
    portal: sallyport.portalOrigin,
    dir,
    get ca() {
      return readCa();
    },
    logged,
    async restart() {
      await sallyport.stop('restart');
      sallyport = await open();
    },
    visitor: () => visitors.use(createVisitor({ ca: readCa() })),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

export interface Member {
  readonly visitor: Visitor;
  readonly email: string;
  readonly totpSecret: string | undefined;
  readonly recoveryCodes: readonly string[];
}

/** Opens a one-time link and goes through everything it asks for, to the end of the sign-in. */
export async function redeemLink(
  product: Product,
  link: string,
  person: { email: string; name: string },
): Promise<Member> {
  const visitor = product.visitor();
  let page = await visitor.open(link);
  page = await visitor.submit(page, {
    email: person.email,
    name: person.name,
    password: goodPassword,
    again: goodPassword,
  });
  if (page.status !== 200) throw new Error(`The link was not redeemed: ${told(page)}`);
  const secret = /<code class="secret">([A-Z2-7 ]+)<\/code>/.exec(page.text)?.[1];
  if (secret === undefined) return { visitor, email: person.email, totpSecret: undefined, recoveryCodes: [] };
  page = await visitor.submit(page, { code: totpCode(secret, Date.now()) });
  const recoveryCodes = [...page.text.matchAll(/<li>([^<]+)<\/li>/g)].map(match => match[1] ?? '');
  if (recoveryCodes.length === 0) throw new Error(`No recovery codes on ${page.url.href}: ${page.text.slice(0, 800)}`);
  return { visitor, email: person.email, totpSecret: secret, recoveryCodes };
}

/** Creates the first Owner as a new user would. */
export async function createOwner(product: Product): Promise<Member> {
  const { url } = await product.sallyport.operator('operator.firstOwnerLink');
  return redeemLink(product, url, { email: 'olga@example.com', name: 'Olga Owner' });
}

/** Invites a person and sets the account up. */
export async function invite(
  product: Product,
  person: { email: string; name: string; role?: 'member' | 'administrator' | 'owner' },
): Promise<Member & { id: string }> {
  const { user, link } = await product.sallyport.operator('users.create', { body: { role: 'member', ...person } });
  return { ...(await redeemLink(product, link.url, person)), id: user.id };
}

/** What the page says, for messages of failed assertions. */
export const told = (seen: Seen) => `${seen.status} ${seen.url.href}\n${seen.text.slice(0, 1500)}`;
