import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { activeDirectoryDefaults, providerInput } from '../../src/identity/provider-settings.ts';
import { runCli } from '../../src/server/cli/cli.ts';
import { createCommands } from '../../src/server/server.ts';
import { startOidcProvider } from '../servers/oidc-provider.ts';
import { slapdMissing, startSlapd } from '../servers/slapd.ts';
import type { Product } from './product.ts';
import { startProduct } from './product.ts';

const guide = readFileSync(new URL('../../docs/guides/single-sign-on.md', import.meta.url), 'utf8');

/** The file that stands in a section of the guide. */
function fileOf(section: string): string {
  const text = guide.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  const file = /^```yaml\n([\s\S]*?)^```$/m.exec(text)?.[1];
  assert.ok(file, `the guide has a file for ${section}`);
  return file;
}

/** What a person at the machine does with it: saves the file with their own names in it, and runs the commands of the guide. */
async function connect(product: Product, file: string, secret: string, words: readonly string[]): Promise<string> {
  const name = path.join(product.dir, 'provider.yaml');
  writeFileSync(name, file);
  const config = ['--config', path.join(product.dir, 'sallyport.yaml')];
  let said = '';
  const run = async (answers: string[], ...command: readonly string[]) => {
    const status = await runCli(createCommands(product.dir), [...command, ...config], {
      ...{ base: product.dir, cwd: product.dir, env: {}, now: Date.now },
      out: text => void (said += text),
      err: text => void (said += text),
      ask: async () => answers.shift(),
    });
    assert.equal(status, 0, said);
  };
  await run([secret], 'providers', 'add', '--file', name);
  await run(['Password-of-ada-1'], 'providers', 'test', ...words);
  return said;
}

describe('the guide to single sign-on', () => {
  it('has only files that are taken as they stand', () => {
    const files = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(match => match[1] ?? '');
    assert.ok(files.length >= 7);
    for (const file of files) {
      const given: unknown = parse(file.replace('MIIC...', 'MIIC'));
      assert.doesNotThrow(() => providerInput.parse(given), file);
    }
    const { settings } = parse(fileOf('Active Directory and Samba')) as { settings: Record<string, unknown> };
    const { userFilter, attributes } = activeDirectoryDefaults;
    assert.deepEqual(
      [settings['userFilter'], settings['attributes']],
      [userFilter, attributes],
      'as the portal has it',
    );
  });

  it('connects OpenLDAP with its file', { skip: slapdMissing() ?? false }, async () => {
    const people = [{ uid: 'ada', password: 'Password-of-ada-1', name: 'Ada', mail: 'ada@example.com' }];
    await using server = await startSlapd({ people, groups: [{ name: 'builders', members: ['ada'] }] });
    await using product = await startProduct();
    const file = fileOf('OpenLDAP')
      .replace('ldaps://ldap.example.com:636', server.url)
      .replace('cn=sallyport,ou=services,dc=example,dc=com', server.bind.dn)
      .replaceAll('dc=example,dc=com', server.baseDn)
      .concat(`  caPem: ${JSON.stringify(server.caPem)}\n`);
    const said = await connect(product, file, server.bind.password, ['directory', '--login', 'ada']);
    assert.match(said, /\(ada@example\.com\): new\nGroups: builders/);
  });

  it('connects an OpenID provider on one’s own network with its file', async () => {
    await using product = await startProduct();
    const redirectUris = [`${product.portal}/.sallyport/sso/company-login/callback`];
    const clientSecret = 'the secret of the gate there';
    await using server = await startOidcProvider({ clients: [{ clientId: 'sallyport', clientSecret, redirectUris }] });
    const file = fileOf('A provider on your own network').replace(/https:\/\/login\.internal\S+/, server.issuer);
    const said = await connect(product, file, clientSecret, ['company-login']);
    assert.match(said, /\/\.sallyport\/sso\/company-login\/callback/);
  });
});
