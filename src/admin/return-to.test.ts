import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SiteRecord } from '../gateway/gateway.ts';
import { readReturnTo } from './return-to.ts';

const portalOrigin = 'https://localhost:8443';
const site = { id: 's1', name: 'n8n' } as SiteRecord;
const known = {
  portalOrigin,
  sites: new Map([
    ['https://localhost:8444', site],
    ['https://n8n.example.org', site],
  ]),
};

describe('return_to', () => {
  it('accepts local paths and known origins', () => {
    const accepts: readonly (readonly [string, string])[] = [
      ['/', `${portalOrigin}/`],
      ['/.sallyport/portal/people?x=1#y', `${portalOrigin}/.sallyport/portal/people?x=1#y`],
      ['https://localhost:8443/x', `${portalOrigin}/x`],
      ['https://localhost:8444/workflow/1?a=b', 'https://localhost:8444/workflow/1?a=b'],
      ['https://n8n.example.org', 'https://n8n.example.org/'],
      ['HTTPS://N8N.EXAMPLE.ORG/x', 'https://n8n.example.org/x'],
      ['/a/../b', `${portalOrigin}/b`],
      ['/@evil.test', `${portalOrigin}/@evil.test`],
    ];
    for (const [text, href] of accepts) assert.equal(readReturnTo(text, known)?.url.href, href, text);
    assert.equal(readReturnTo('https://n8n.example.org/x', known)?.site, site);
    assert.equal(readReturnTo('/x', known)?.site, undefined);
  });

  it('refuses whatever leads elsewhere or is read differently than it looks', () => {
    const refuses = [
      '',
      'portal',
      './x',
      '?x',
      '#x',
      '//evil.test',
      '///evil.test',
      '/\\evil.test',
      '/.//evil.test',
      '/..//evil.test',
      '/a/..//evil.test',
      'https://n8n.example.org//evil.test',
      'https://localhost:8443/.//evil.test',
      '\\\\evil.test',
      '/\t/evil.test',
      '/\n/evil.test',
      ' https://localhost:8443/',
      'https:evil.test',
      'https:/evil.test',
      'https:///evil.test',
      'https://evil.test/',
      'https://evil.test/https://localhost:8443/',
      'https://localhost:8443.evil.test/',
      'https://localhost:8443@evil.test/',
      'https://user@localhost:8443/',
      'https://user:pass@n8n.example.org/',
      'https://localhost:8445/',
      'https://localhost/',
      'http://localhost:8443/',
      'http://n8n.example.org/',
      'javascript:alert(1)',
      'data:text/html,x',
      'blob:https://localhost:8443/x',
      'wss://n8n.example.org/',
      'https://n8n.example.org.:443/',
      'https://n8n.example.org\u0000/',
      `/${'x'.repeat(3000)}`,
    ];
    for (const text of refuses) assert.equal(readReturnTo(text, known), undefined, JSON.stringify(text));
    assert.equal(readReturnTo(null, known), undefined);
    assert.equal(readReturnTo(undefined, known), undefined);
  });

  it('never leads to an origin that is not known, whatever the text', () => {
    const pieces = fc.constantFrom(
      ...[
        '/',
        '\\',
        '//',
        'https:',
        'https://',
        'evil.test',
        'localhost:8443',
        '@',
        ':',
        '?',
        '#',
        '\t',
        '\n',
        '.',
        '%2f',
        'é',
      ],
    );
    const origins = new Set([portalOrigin, ...known.sites.keys()]);
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 8 }), parts => {
        const text = parts.join('');
        const found = readReturnTo(text, known);
        if (found === undefined) return;
        assert.ok(origins.has(found.url.origin));
        // What a browser makes of it standing on the portal is the same place.
        assert.equal(new URL(text, portalOrigin).origin, found.url.origin);
      }),
      { numRuns: 3000 },
    );
  });
});
