import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Attribute, Change, Client } from 'ldapts';
import { directoryCertificate } from './directory-certificate.ts';
import { runToEnd, start, stop, until } from './process.ts';
import type { DirectoryGroup, DirectoryPerson } from './slapd.ts';

const programs = ['/usr/sbin/samba', '/usr/bin/samba-tool', '/usr/share/samba/setup/provision.ldif'];

/** A real Active Directory domain controller (Samba) with LDAP on a loopback address of its own; it answers sign-ins over TLS only. */
export interface SambaServer extends AsyncDisposable {
  /** LDAPS. */
  readonly url: string;
  /** For StartTLS. */
  readonly plainUrl: string;
  readonly caPem: string;
  readonly baseDn: string;
  /** The part of `uid@domain` after the @. */
  readonly domain: string;
  /** An ordinary account: in Active Directory anybody may read. */
  readonly bind: { readonly dn: string; readonly password: string };
  personDn(uid: string): string;
  groupDn(name: string): string;
  setMembers(group: string, members: readonly string[]): Promise<void>;
  setPerson(uid: string, attributes: Readonly<Record<string, string | readonly string[]>>): Promise<void>;
  addPerson(person: DirectoryPerson): Promise<void>;
  disable(uid: string): Promise<void>;
  enable(uid: string): Promise<void>;
  remove(uid: string): Promise<void>;
}

/** Why the server cannot be run here, or undefined when it can. */
export function sambaMissing(): string | undefined {
  const missing = programs.find(file => !existsSync(file));
  if (missing !== undefined) return `samba is not installed: no ${missing}`;
  if (process.platform !== 'linux') return 'samba needs a loopback address of its own, as Linux has';
  return process.getuid?.() === 0 ? undefined : 'samba needs root for ports 389 and 636';
}

const domain = 'corp.example';
const baseDn = 'DC=corp,DC=example';
const adminPassword = 'The-Root-0f-the-test';
const bind = { dn: `gate@${domain}`, password: 'The-Gate-0f-the-test' };

const inUsers = (name: string): string => `CN=${name},CN=Users,${baseDn}`;

/** Makes a new domain (some seconds) and starts its controller with these people and groups. Passwords want three kinds of characters. */
export async function startSamba(
  options: { people?: readonly DirectoryPerson[]; groups?: readonly DirectoryGroup[] } = {},
): Promise<SambaServer> {
  const { people = [], groups = [] } = options;
  const dir = await mkdtemp(path.join(tmpdir(), 'sallyport-samba-'));
  const address = await freeAddress();
  const certificate = directoryCertificate([address, `dc1.${domain}`]);
  const config = path.join(dir, 'etc', 'smb.conf');
  let child: ReturnType<typeof start>['child'] | undefined;
  const root = new Client({
    url: `ldaps://${address}`,
    timeout: 20_000,
    connectTimeout: 5000,
    tlsOptions: { ca: certificate.caPem },
    autoRebind: true,
  });
  const close = async (): Promise<void> => {
    await root.unbind().catch(() => {});
    if (child) await stop(child);
    await rm(dir, { recursive: true, force: true });
  };
  let output = (): string => '';
  try {
    await provision(dir, { address, certificate });
    ({ child, output } = start({
      command: '/usr/sbin/samba',
      args: ['--foreground', '--no-process-group', '--model=single', '--debug-stdout', '-s', config],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    }));
    const bound = (): Promise<boolean> => root.bind(`administrator@${domain}`, adminPassword).then(() => true);
    await until(bound, `samba on ${address}`, 60_000);
    const server = serverOver(root, { address, caPem: certificate.caPem, close });
    await replace(root, baseDn, 'lockoutThreshold', ['5']);
    for (const person of [{ uid: 'gate', password: bind.password }, ...people]) await server.addPerson(person);
    for (const group of groups) await server.setMembers(group.name, group.members);
    return server;
  } catch (error) {
    await close();
    throw new Error(`Cannot start samba: ${output()}`, { cause: error });
  }
}

async function provision(
  dir: string,
  { address, certificate }: { address: string; certificate: { certPem: string; keyPem: string; caPem: string } },
): Promise<void> {
  const tls = path.join(dir, 'gate-tls');
  await mkdir(tls, { mode: 0o700 });
  await Promise.all([
    writeFile(path.join(tls, 'cert.pem'), certificate.certPem),
    writeFile(path.join(tls, 'key.pem'), certificate.keyPem, { mode: 0o600 }),
    writeFile(path.join(tls, 'ca.pem'), certificate.caPem),
  ]);
  const settings = {
    interfaces: `${address}/8`,
    'bind interfaces only': 'yes',
    'server services': 'ldap',
    // Kept in a database: the usual place of file rights wants a capability that containers do not have.
    'vfs objects': 'dfs_samba4 acl_tdb',
    'tls certfile': path.join(tls, 'cert.pem'),
    'tls keyfile': path.join(tls, 'key.pem'),
    'tls cafile': path.join(tls, 'ca.pem'),
    'pid directory': dir,
    'ncalrpc dir': path.join(dir, 'ncalrpc'),
  };
  await runToEnd({
    command: '/usr/bin/samba-tool',
    args: [
      ...['domain', 'provision', '--realm=CORP.EXAMPLE', '--domain=CORP', '--server-role=dc', '--dns-backend=NONE'],
      ...[`--adminpass=${adminPassword}`, `--targetdir=${dir}`, '--host-name=dc1', `--host-ip=${address}`],
      ...Object.entries(settings).map(([name, value]) => `--option=${name}=${value}`),
    ],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: dir },
  });
}

function serverOver(
  root: Client,
  { address, caPem, close }: { address: string; caPem: string; close: () => Promise<void> },
): SambaServer {
  const normalAccount = 512;
  const disabledAccount = 514;
  return {
    ...{ url: `ldaps://${address}`, plainUrl: `ldap://${address}`, caPem, baseDn, domain, bind },
    ...{ personDn: inUsers, groupDn: inUsers },
    async setMembers(group, members) {
      const all = members.map(member => (member.includes('=') ? member : inUsers(member)));
      const isThere = await replace(root, inUsers(group), 'member', all).then(
        () => true,
        () => false,
      );
      const made = { objectClass: 'group', sAMAccountName: group, ...(all.length > 0 ? { member: all } : {}) };
      if (!isThere) await root.add(inUsers(group), made);
    },
    async setPerson(uid, attributes) {
      for (const [type, value] of Object.entries(attributes)) {
        await replace(root, inUsers(uid), type, typeof value === 'string' ? [value] : value);
      }
    },
    async addPerson({ uid, password, name = uid, mail }) {
      const text = (type: string, ...values: string[]): Attribute => new Attribute({ type, values });
      await root.add(inUsers(uid), [
        text('objectClass', 'user'),
        text('sAMAccountName', uid),
        text('userPrincipalName', `${uid}@${domain}`),
        text('displayName', name),
        ...(mail === undefined ? [] : [text('mail', mail)]),
        // MS-ADTS section 3.1.1.3.1.5.1: in quotes, UTF-16.
        new Attribute({ type: 'unicodePwd', values: [Buffer.from(`"${password}"`, 'utf16le')] }),
        text('userAccountControl', String(normalAccount)),
      ]);
    },
    disable: uid => replace(root, inUsers(uid), 'userAccountControl', [String(disabledAccount)]),
    enable: uid => replace(root, inUsers(uid), 'userAccountControl', [String(normalAccount)]),
    remove: uid => root.del(inUsers(uid)),
    [Symbol.asyncDispose]: close,
  };
}

async function replace(root: Client, dn: string, type: string, values: readonly string[]): Promise<void> {
  const modification = new Attribute({ type, values: [...values] });
  await root.modify(dn, new Change({ operation: 'replace', modification }));
}

/** A loopback address where nobody has the ports: they are fixed in Samba, the address is not. */
async function freeAddress(): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const address = `127.${randomInt(20, 250)}.${randomInt(1, 250)}.${randomInt(2, 250)}`;
    if ((await isFree(address, 389)) && (await isFree(address, 636))) return address;
  }
  throw new Error('Cannot find a loopback address whose ports 389 and 636 are free');
}

function isFree(address: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
