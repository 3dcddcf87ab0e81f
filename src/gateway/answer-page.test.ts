import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { pagePolicy, refusalPage } from './answer-page.ts';
import type { Exchange } from './exchange.ts';
import { newExchange } from './exchange.ts';

function exchange(target: string, authority = 'app.test'): Exchange {
  // The page reads only these of what came in.
  const inbound = { method: 'GET', target, authority, scheme: 'https', peerIp: '::1', req: {} as IncomingMessage };
  return newExchange(inbound as unknown as Exchange['inbound'], { requestId: 'r-1', at: 0, startedMs: 0, layers: 0 });
}

const away = { code: 'gateway.upstream_unavailable', hint: 'It may be starting.' } as const;

describe('the page of a refusal', () => {
  it('carries one style, the one its policy allows, and no script', () => {
    const page = refusalPage(exchange('/a'), away);
    const styles = [...page.matchAll(/<style>([^<]*)<\/style>/g)];
    assert.equal(styles.length, 1);
    const hash = createHash('sha256')
      .update(styles[0]?.[1] ?? '')
      .digest('base64');
    assert.ok(pagePolicy.includes(`'sha256-${hash}'`));
    assert.doesNotMatch(page, /<script|\sstyle=|\son\w+=|<img|<link/);
  });

  it('says what it is, which request it was, and leads back to the same address', () => {
    const page = refusalPage(exchange('/a?b=c&d'), away);
    assert.equal([...page.matchAll(/The platform does not answer/g)].length, 2, 'as title and as heading');
    assert.match(page, /It may be starting\./);
    assert.match(page, /<code>r-1<\/code>/);
    assert.match(page, /href="\/a\?b=c&amp;d"[^>]*>Try again/);
  });

  it('names the site, and leads a signed-in person to the portal and to signing out, and nobody to a second refusal', () => {
    const refused = exchange('/a');
    // The page reads only the name of the site, the origin of the portal and whether somebody is signed in.
    Object.assign(refused, {
      site: { policy: { name: 'app' } },
      policy: { snapshot: { portalOrigin: 'https://portal.test' } },
      signedIn: {},
    });
    const page = refusalPage(refused, { code: 'gateway.forbidden', hint: undefined });
    assert.match(page, /<strong>app<\/strong> at app\.test/);
    assert.match(page, /href="https:\/\/portal\.test\/"/);
    assert.match(page, /href="\/\.sallyport\/sign-out"/);
    assert.doesNotMatch(page, /Try again/);
  });

  for (const target of [
    '//evil.test/',
    '/\\evil.test/',
    '/\t/evil.test/',
    'http://evil.test/',
    '*',
    'javascript:alert(1)',
  ]) {
    it(`leads nowhere for ${JSON.stringify(target)}`, () => {
      assert.doesNotMatch(refusalPage(exchange(target), away), /<a /);
    });
  }

  it('escapes what came from outside', () => {
    const page = refusalPage(exchange('/"><b>', 'x"><b>.test'), away);
    assert.doesNotMatch(page, /<b>/);
  });
});
