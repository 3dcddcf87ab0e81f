import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Attribute, Change, Client } from 'ldapts';
import { directoryCertificate } from './directory-certificate.ts';
import { freePort, runToEnd, start, stop, until } from './process.ts';

const program = '/usr/sbin/slapd';
const modules = '/usr/lib/ldap';

export interface DirectoryPerson {
  readonly uid: string;
  readonly password: string;
  readonly name?: string;
  readonly mail?: string;
}

/** Members are people by uid or groups by name. */
export interface DirectoryGroup {
  readonly name: string;
  readonly members: readonly string[];
}

/** A real OpenLDAP server on loopback with TLS, memberOf and a password policy that locks after five wrong passwords. */
export interface SlapdServer extends AsyncDisposable {
  /** LDAPS. */
  readonly url: string;
  /** Plain, or with StartTLS. */
  readonly plainUrl: string;
  readonly caPem: string;
  readonly baseDn: string;
  readonly peopleDn: string;
  readonly groupsDn: string;
  /** An account that may read everything and write nothing. */
  readonly bind: { readonly dn: string; readonly password: string };
  personDn(uid: string): string;
  groupDn(name: string): string;
  /** Groups are made when they are not there. */
  setMembers(group: string, members: readonly string[]): Promise<void>;
  setPerson(uid: string, attributes: Readonly<Record<string, string | readonly string[]>>): Promise<void>;
  addPerson(person: DirectoryPerson): Promise<void>;
  addEntry(dn: string, attributes: Record<string, string | string[]>): Promise<void>;
  /** Locks the account for good, as an administrator does. */
  disable(uid: string): Promise<void>;
  enable(uid: string): Promise<void>;
  remove(uid: string): Promise<void>;
}

/** Why the server cannot be run here, or undefined when it can. */
export function slapdMissing(): string | undefined {
  if (!existsSync(program)) return 'slapd is not installed';
  return existsSync(`${modules}/memberof.so`) ? undefined : `slapd has no modules in ${modules}`;
}

const baseDn = 'dc=example,dc=org';
const peopleDn = `ou=people,${baseDn}`;
const groupsDn = `ou=groups,${baseDn}`;
const rootDn = `cn=root,${baseDn}`;
const rootPassword = 'the-root-of-the-test';
const bind = { dn: `cn=gate,${baseDn}`, password: 'the-gate-of-the-test' };

const personDn = (uid: string): string => `uid=${uid},${peopleDn}`;
const groupDn = (name: string): string => `cn=${name},${groupsDn}`;

/** Starts it with these people and groups; `crowd` more people are named `crowd-1` and so on, without password. */
export async function startSlapd(
  options: { people?: readonly DirectoryPerson[]; groups?: readonly DirectoryGroup[]; crowd?: number } = {},
): Promise<SlapdServer> {
  const { people = [], groups = [], crowd = 0 } = options;
  const dir = await mkdtemp(path.join(tmpdir(), 'sallyport-slapd-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const plainUrl = `ldap://127.0.0.1:${port}`;
  const url = `ldaps://127.0.0.1:${tlsPort}`;
  const certificate = directoryCertificate(['127.0.0.1', 'localhost']);
  await writeFiles(dir, certificate, ldif(people, crowd));
  const config = path.join(dir, 'slapd.conf');
  await runToEnd({ command: '/usr/sbin/slapadd', args: ['-q', '-f', config, '-l', path.join(dir, 'start.ldif')] });
  const { child, output } = start({ command: program, args: ['-f', config, '-h', `${plainUrl}/ ${url}/`, '-d', '0'] });
  const root = new Client({ url: plainUrl, timeout: 10_000, autoRebind: true });
  const close = async (): Promise<void> => {
    await root.unbind().catch(() => {});
    await stop(child);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const bound = (): Promise<boolean> => root.bind(rootDn, rootPassword).then(() => true);
    await until(bound, `slapd on port ${port}`);
  } catch (error) {
    await close();
    throw new Error(`Cannot start slapd: ${output()}`, { cause: error });
  }
  const uids = people.map(person => person.uid);
  const server = serverOver(root, { url, plainUrl, caPem: certificate.caPem, uids, close });
  for (const group of groups) await server.setMembers(group.name, group.members);
  return server;
}

function serverOver(
  root: Client,
  at: { url: string; plainUrl: string; caPem: string; uids: readonly string[]; close: () => Promise<void> },
): SlapdServer {
  /** Who is a person: the other members of groups are groups. */
  const people = new Set(at.uids);
  const replace = async (dn: string, type: string, values: readonly string[]): Promise<void> => {
    const modification = new Attribute({ type, values: [...values] });
    await root.modify(dn, new Change({ operation: 'replace', modification }));
  };
  const memberDn = (member: string): string =>
    member.includes('=') ? member : people.has(member) ? personDn(member) : groupDn(member);
  const locked = 'pwdAccountLockedTime';
  return {
    ...{ url: at.url, plainUrl: at.plainUrl, caPem: at.caPem },
    ...{ baseDn, peopleDn, groupsDn, bind, personDn, groupDn },
    async setMembers(group, members) {
      // groupOfNames wants a member even when nobody is in it (RFC 4519 section 3.5).
      const all = members.length === 0 ? [`cn=nobody,${baseDn}`] : members.map(memberDn);
      const made = { objectClass: 'groupOfNames', cn: group, member: all };
      await replace(groupDn(group), 'member', all).catch(() => root.add(groupDn(group), made));
    },
    async setPerson(uid, attributes) {
      for (const [type, value] of Object.entries(attributes)) {
        await replace(personDn(uid), type, typeof value === 'string' ? [value] : value);
      }
    },
    async addPerson(person) {
      await root.add(personDn(person.uid), { ...personAttributes(person), userPassword: person.password });
      people.add(person.uid);
    },
    addEntry: (dn, attributes) => root.add(dn, attributes),
    disable: uid => replace(personDn(uid), locked, ['000001010000Z']),
    enable: uid => replace(personDn(uid), locked, []),
    remove: uid => root.del(personDn(uid)),
    [Symbol.asyncDispose]: at.close,
  };
}

function personAttributes({
  uid,
  name = uid,
  mail,
}: Omit<DirectoryPerson, 'password'>): Record<string, string | string[]> {
  return {
    objectClass: ['inetOrgPerson', 'shadowAccount'],
    uid,
    cn: name,
    sn: name,
    ...(mail === undefined ? {} : { mail }),
  };
}

function ldif(people: readonly DirectoryPerson[], crowd: number): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const entry = (dn: string, attributes: Record<string, string | string[]>): string =>
    [
      `dn:: ${base64(dn)}`,
      ...Object.entries(attributes).flatMap(([name, value]) => [value].flat().map(one => `${name}:: ${base64(one)}`)),
    ].join('\n');
  const many = Array.from({ length: crowd }, (_, index) => ({ uid: `crowd-${index + 1}`, password: '' }));
  return [
    entry(baseDn, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' }),
    entry(peopleDn, { objectClass: 'organizationalUnit', ou: 'people' }),
    entry(groupsDn, { objectClass: 'organizationalUnit', ou: 'groups' }),
    entry(bind.dn, {
      objectClass: ['organizationalRole', 'simpleSecurityObject'],
      cn: 'gate',
      userPassword: bind.password,
    }),
    entry(`cn=policy,${baseDn}`, {
      objectClass: ['device', 'pwdPolicy'],
      cn: 'policy',
      pwdAttribute: 'userPassword',
      pwdLockout: 'TRUE',
      pwdMaxFailure: '5',
    }),
    ...[...people, ...many].map(person =>
      entry(personDn(person.uid), {
        ...personAttributes(person),
        ...(person.password === '' ? {} : { userPassword: person.password }),
      }),
    ),
  ].join('\n\n');
}

async function writeFiles(
  dir: string,
  certificate: { certPem: string; keyPem: string; caPem: string },
  entries: string,
): Promise<void> {
  await mkdir(path.join(dir, 'data'));
  await chmod(dir, 0o700);
  const lines = [
    ...['core', 'cosine', 'inetorgperson', 'nis'].map(name => `include /etc/ldap/schema/${name}.schema`),
    `modulepath ${modules}`,
    ...['back_mdb', 'memberof', 'ppolicy'].map(name => `moduleload ${name}`),
    `pidfile ${dir}/slapd.pid`,
    `TLSCertificateFile ${dir}/cert.pem`,
    `TLSCertificateKeyFile ${dir}/key.pem`,
    'database mdb',
    `suffix "${baseDn}"`,
    `rootdn "${rootDn}"`,
    `rootpw ${rootPassword}`,
    `directory ${dir}/data`,
    'maxsize 268435456',
    'dbnosync',
    'index objectClass,uid,mail,member,memberUid,entryUUID eq',
    // As many servers are set: few entries at once, all of them by pages.
    `limits dn.exact="${bind.dn}" size.soft=500 size.hard=500 size.prtotal=unlimited`,
    'access to attrs=userPassword by anonymous auth by * none',
    `access to * by dn.exact="${bind.dn}" read by self read by anonymous auth`,
    'overlay memberof',
    'overlay ppolicy',
    `ppolicy_default "cn=policy,${baseDn}"`,
    '',
  ];
  await Promise.all([
    writeFile(path.join(dir, 'slapd.conf'), lines.join('\n')),
    writeFile(path.join(dir, 'cert.pem'), certificate.certPem + certificate.caPem),
    writeFile(path.join(dir, 'key.pem'), certificate.keyPem, { mode: 0o600 }),
    writeFile(path.join(dir, 'start.ldif'), `${entries}\n`),
  ]);
}
