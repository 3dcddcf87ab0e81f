import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { canonicaliseTarget, pathLengthMax, targetLengthMax } from './canonical-path.ts';
import { createPlatforms, type Platform } from './platforms.ts';

const accepts: readonly (readonly [target: string, path: string, query: string])[] = [
  ['/', '/', ''],
  ['/?', '/', ''],
  ['/a', '/a', ''],
  ['/a/', '/a/', ''],
  ['/a?b=/../c', '/a', 'b=/../c'],
  ['/a%20b', '/a%20b', ''],
  ['/%7euser/%41', '/~user/A', ''],
  ['/caf%c3%a9', '/caf%C3%A9', ''],
  ["/a!$&'()*+,=:@b", "/a!$&'()*+,=:@b", ''],
  ['/a|b', '/a%7Cb', ''],
  ['/100%25', '/100%25', ''],
  ['/.well-known/x', '/.well-known/x', ''],
  ['/a...b/..c', '/a...b/..c', ''],
];
const refuses: readonly string[] = [
  '',
  '*',
  'a',
  'http://evil.test/rest/workflows',
  'https://evil.test/',
  'evil.test:443',
  '//evil.test/a',
  '/a//b',
  '/a//',
  '/.',
  '/a/..',
  '/a/../b',
  '/a/./b',
  '/a/%2e%2e/b',
  '/a/.%2E/b',
  '/a/%2e',
  '/a/%252e%252e/b',
  '/a/%25252e/b',
  '/a;b=c/d',
  '/a%3bb',
  '/a\\b',
  '/a%5cb',
  '/a%2fb',
  '/a%2Fb',
  '/a%252fb',
  '/a%255cb',
  '/a%00b',
  '/a%0d%0ab',
  '/a%7fb',
  '/a%',
  '/a%4',
  '/a%zz',
  '/a%c0%af',
  '/a%ff',
  '/a%c3',
  '/a%c2%85b',
  '/a#b',
  '/a?b#c',
  '/a b',
  '/a\tb',
  '/caf\u00e9',
  '/a?caf\u00e9',
  `/${'a'.repeat(pathLengthMax)}`,
  `/a?${'b'.repeat(targetLengthMax)}`,
  '/a'.repeat(65),
];

describe('canonical paths', () => {
  for (const [target, path, query] of accepts) {
    it(`takes ${target} as ${path}`, () => assert.deepEqual(canonicaliseTarget(target), { ok: true, path, query }));
  }
  for (const target of refuses) {
    it(`refuses ${JSON.stringify(target).slice(0, 60)}`, () => assert.equal(canonicaliseTarget(target).ok, false));
  }

  it('keeps the case of what varies and gives fixed segments the spelling of the platform', () => {
    const n8n = platformOf('n8n');
    assert.deepEqual(n8n.canonicalise('/REST/Workflows/AbCdEf/'), {
      ok: true,
      path: '/rest/workflows/AbCdEf',
      query: '',
    });
    assert.deepEqual(n8n.canonicalise('/Webhook/Orders/New?x=Y'), {
      ok: true,
      path: '/webhook/Orders/New',
      query: 'x=Y',
    });
    assert.deepEqual(platformOf('generic').canonicalise('/REST/X/'), { ok: true, path: '/REST/X/', query: '' });
  });

  // If this fails, the gate decides about one route and the platform runs another: the whole of authorization is void.
  for (const id of ['n8n', 'flowise'] as const) {
    it(`${id}: what is accepted goes to the route it was classified as`, () => {
      const platform = platformOf(id);
      const express = likeExpress(id);
      const { routes } = recorded(id);
      const seed = Number(process.hrtime.bigint() % 2_147_483_647n);
      fc.assert(
        fc.property(fc.constantFrom(...routes), mangles, ([method, pattern], change) => {
          const verb = method === '*' || method === 'USE' ? 'POST' : method;
          const canonical = platform.canonicalise(change(pattern));
          if (!canonical.ok) return;
          assert.deepEqual(platform.canonicalise(canonical.path), { ok: true, path: canonical.path, query: '' });
          const classify = (path: string) => platform.classify({ method: verb, path, query: '', upgrade: false });
          const matched = express(verb, canonical.path);
          if (matched === undefined) return;
          const wanted = classify(plainExample(matched));
          const given = classify(canonical.path);
          // Where the platform never gets to a route of its own (a parameter takes its place), shut is shut.
          if (given.need.kind === 'closed') return;
          assert.deepEqual(
            [given.action, given.need],
            [wanted.action, wanted.need],
            `${verb} ${canonical.path} is ${matched}`,
          );
        }),
        { numRuns: 2000, seed, verbose: false },
      );
    });
  }

  it('never throws and is idempotent, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), text => {
        const once = canonicaliseTarget(`/${text}`);
        if (!once.ok) return;
        assert.deepEqual(canonicaliseTarget(once.path), { ok: true, path: once.path, query: '' });
        assert.doesNotMatch(once.path, /\/\/|\\|;|\/\.{1,2}(?:\/|$)|%(?:2f|5c|00|2e)/i);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Ways to spell, or to attack, the path of a route. */
const mangles = fc
  .tuple(
    fc.array(
      fc.constantFrom(
        'AbC',
        'x1',
        'a%20b',
        'NEW',
        'test',
        'apikey',
        'catalog',
        'sso',
        'ldap',
        '%41',
        '..',
        '%2e',
        'a;b',
        '%2f',
        '',
      ),
      {
        minLength: 8,
        maxLength: 8,
      },
    ),
    fc.constantFrom('', '/', '//', '/.', '?a=b', '/extra'),
    fc.nat(),
  )
  .map(([values, tail, bits]) => (pattern: string) => {
    let at = 0;
    const path = pattern.replaceAll(/:[A-Za-z]+|\*[A-Za-z]*/g, () => values[at++ % values.length] ?? 'x');
    const flipped = Array.from(path, (char, index) => ((bits >> (index % 30)) & 1 ? flipCase(char) : char)).join('');
    return flipped + tail;
  });

const flipCase = (char: string): string => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase());

/** A path that can only be meant by this pattern. */
const plainExample = (pattern: string): string => pattern.replaceAll(/:[A-Za-z]+|\*[A-Za-z]*/g, 'zzz');

/** How Express 5 matches, written down apart from the table: in order, without case, with or without a last slash, on the raw path. */
function likeExpress(id: string): (method: string, path: string) => string | undefined {
  const rows = recorded(id).routes.map(([method, pattern]) => {
    const source = pattern
      .split('/')
      .map(part =>
        part.startsWith(':') ? '[^/]+' : part.startsWith('*') ? '.+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('/');
    const end = method === 'USE' ? '(?:/.*)?' : '/?';
    return { method, pattern, regexp: new RegExp(`^${source}${end}$`, 'i') };
  });
  return (method, path) =>
    rows.find(row => (row.method === '*' || row.method === 'USE' || row.method === method) && row.regexp.test(path))
      ?.pattern;
}

function recorded(id: string): { routes: readonly (readonly [string, string, boolean])[] } {
  return JSON.parse(readFileSync(new URL(`testdata/${id}-routes.json`, import.meta.url), 'utf8')) as ReturnType<
    typeof recorded
  >;
}

function platformOf(id: 'n8n' | 'flowise' | 'generic'): Platform {
  return createPlatforms().get(id) ?? assert.fail();
}
