import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isSallyportError } from '../core/errors.ts';
import { resolveSecret } from './secret-reference.ts';

const value = 'hunter2-hunter2';

describe('secret references', () => {
  let dir = '';
  const file = (name: string, text: string, mode = 0o600): string => {
    const made = path.join(dir, name);
    writeFileSync(made, text);
    chmodSync(made, mode);
    return made;
  };
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'sallyport-secret-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('read the environment that was given', () =>
    assert.equal(resolveSecret('env:NAME', { NAME: value }).reveal(), value));
  it('read a file of its owner, without one trailing line break', () => {
    for (const [name, text] of [
      ['plain', value],
      ['lf', `${value}\n`],
      ['crlf', `${value}\r\n`],
    ] as const)
      assert.equal(resolveSecret(`file:${file(name, text)}`, {}).reveal(), value);
    assert.equal(resolveSecret(`file:${file('two', `${value}\n\n`)}`, {}).reveal(), `${value}\n`);
  });

  const refused: readonly { name: string; reference: () => string; env?: Record<string, string>; says: RegExp }[] = [
    { name: 'a variable that is not set', reference: () => 'env:NAME', says: /"env:NAME".*not set/ },
    { name: 'a variable that is empty', reference: () => 'env:NAME', env: { NAME: '' }, says: /empty/ },
    { name: 'what only an object has', reference: () => 'env:__PROTO__', says: /not set/ },
    { name: 'a file that is not there', reference: () => `file:${dir}/none`, says: /cannot be read/ },
    { name: 'a folder', reference: () => `file:${dir}`, says: /want a file/ },
    { name: 'an empty file', reference: () => `file:${file('empty', '')}`, says: /empty/ },
    {
      name: 'a file that the group may read',
      reference: () => `file:${file('group', value, 0o640)}`,
      says: /mode 640.*chmod 600/,
    },
    { name: 'a file that all may read', reference: () => `file:${file('world', value, 0o604)}`, says: /mode 604/ },
    { name: 'a file above 64 KiB', reference: () => `file:${file('large', value.repeat(5000))}`, says: /64 KiB/ },
    { name: 'a relative file', reference: () => 'file:secret', says: /want env:NAME/ },
    { name: 'the secret itself', reference: () => value, says: /want env:NAME/ },
    { name: 'another kind', reference: () => 'vault:x', says: /want env:NAME/ },
    { name: 'a name with a blank', reference: () => 'env:A B', says: /want env:NAME/ },
  ];
  for (const { name, reference, env, says } of refused) {
    it(`refuse ${name}, never showing a value`, { skip: process.platform === 'win32' && 'no modes here' }, () => {
      assert.throws(
        () => resolveSecret(reference(), env ?? {}),
        (error: unknown) => {
          assert.ok(isSallyportError(error, 'server.config_invalid'));
          assert.match(error.message, says);
          assert.doesNotMatch(`${error.message}${error.detail}`, /hunter2/);
          return true;
        },
      );
    });
  }
});
