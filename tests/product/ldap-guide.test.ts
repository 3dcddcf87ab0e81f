import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { Secret } from '../../src/core/secret.ts';
import { createDirectory } from '../../src/identity/ldap/directory.ts';
import { activeDirectoryDefaults, providerInput } from '../../src/identity/provider-settings.ts';
import { slapdMissing, startSlapd } from '../servers/slapd.ts';

const guide = readFileSync(path.join(import.meta.dirname, '../../docs/guides/ldap.md'), 'utf8');
const providers = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) =>
  providerInput.parse(parse(text)),
);

describe('the guide to directories', () => {
  it('shows settings that are taken, and those of Active Directory as the portal fills them in', () => {
    const [, second] = providers;
    assert.equal(providers.length, 2);
    assert.ok(second?.kind === 'ldap' && second.settings.product === 'active_directory');
    const { userFilter, attributes } = second.settings;
    assert.deepEqual({ userFilter, attributes }, activeDirectoryDefaults);
  });

  it('shows settings that sign a person in at OpenLDAP', { skip: slapdMissing() ?? false }, async () => {
    const person = { uid: 'ada', password: 'engine-no-1', mail: 'ada@example.org' };
    await using server = await startSlapd({ people: [person], groups: [{ name: 'staff', members: ['ada'] }] });
    const [first] = providers;
    assert.ok(first?.kind === 'ldap');
    const directory = createDirectory(
      { ...first.settings, urls: [server.url], caPem: server.caPem },
      { clock: { now: Date.now }, random: randomBytes, secret: new Secret(server.bind.password) },
    );
    const typed = { login: 'ada', password: new Secret(person.password) };
    const outcome = await directory.authenticate(typed, AbortSignal.timeout(20_000));
    assert.ok(outcome.kind === 'identity');
    assert.deepEqual([outcome.identity.email, outcome.identity.groups], [person.mail, ['staff']]);
  });
});
