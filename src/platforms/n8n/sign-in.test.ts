import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { Secret } from '../../core/secret.ts';
import { createN8nSignIn } from './sign-in.ts';

it('gives no session that n8n has ended, though two sign-ins within a second get the same token', async () => {
  // As the real one: the time in the token is in seconds, and what was signed out stays refused.
  const tokenNow = (): string => `token-of-${Math.floor(Date.now() / 1000)}`;
  const refused = new Set<string>();
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (pathname === '/rest/logout') {
      refused.add(new Headers(init?.headers).get('cookie') ?? '');
      return Response.json({ data: {} });
    }
    const headers = { 'set-cookie': `n8n-auth=${tokenNow()}; Path=/; HttpOnly` };
    return Response.json({ data: { id: '1', email: 'olga@example.com' } }, { headers });
  };
  const driver = createN8nSignIn({ baseUrl: 'http://127.0.0.1:1', fetch, random: randomBytes });
  const { signal } = new AbortController();
  const signIn = () => driver.signIn({ email: 'olga@example.com', password: new Secret('A1password') }, signal);
  // From the beginning of a second, so that both fall into it.
  await new Promise(resolve => setTimeout(resolve, 1005 - (Date.now() % 1000)));
  const first = await signIn();
  await driver.signOut(first, signal);
  const second = await signIn();
  assert.equal(refused.size, 1);
  assert.ok(!refused.has(second.headers['cookie']?.reveal() ?? ''), 'the second is not what was ended');
});
