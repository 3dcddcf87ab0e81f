import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import type { House } from '../identity.fixture.ts';
import { from, is, secret, signedIn } from '../identity.fixture.ts';
import type { World } from './federation.fixture.ts';
import {
  connectOidc,
  goOut,
  never,
  oidcInput,
  samlInput,
  signInAt,
  stepOf,
  vouches,
  withWorld,
} from './federation.fixture.ts';

const op = operatorPrincipal;

async function open(house: House, world: World, slug: string, session: string) {
  world.codes.set('c', vouches({ upstreamSession: session, keepsake: secret(`keep ${session}`) }));
  return signedIn(stepOf(await signInAt(house, { slug }, 'c')));
}

const isLive = async (house: House, opened: { token: Parameters<House['identity']['findSession']>[0] }) =>
  (await house.identity.findSession(opened.token, from().host)) !== undefined;

const logoutToken = (said: object) => JSON.stringify({ subject: null, session: null, id: 'j1', expiresAt: 0, ...said });

describe('a sign-out at the provider', () => {
  it('ends the sessions its token names, with what was handed off from them, once', async () => {
    await withWorld(async (house, world) => {
      const { signOn } = house.identity;
      const { slug } = await connectOidc(house);
      const [one, two] = [await open(house, world, slug, 'sid1'), await open(house, world, slug, 'sid2')];
      const handoff = await house.identity.issueHandoff(one.session.id, 'n8n.example.org');
      const child = signedIn(await house.identity.redeemHandoff(handoff, from('203.0.113.7', 'n8n.example.org')));
      const token = logoutToken({ session: 'sid1' });
      assert.equal(await signOn.backChannelLogout(slug, token, never), 2);
      await assert.rejects(signOn.backChannelLogout(slug, token, never), is('identity.provider_refused'));
      assert.equal(await house.identity.findSession(child.token, 'n8n.example.org'), undefined);
      assert.deepEqual([await isLive(house, one), await isLive(house, two)], [false, true]);
      const stranger = logoutToken({ id: 'j2', subject: 'nobody', session: 'sid2' });
      assert.equal(await signOn.backChannelLogout(slug, stranger, never), 0);
      assert.equal(await signOn.backChannelLogout(slug, logoutToken({ id: 'j3' }), never), 0);
      assert.equal(await signOn.backChannelLogout(slug, logoutToken({ id: 'j4', subject: 's-ada' }), never), 1);
      assert.equal(await isLive(house, two), false);
    });
  });

  it('reaches no session that was begun elsewhere', async () => {
    await withWorld(async (house, world) => {
      const [a, b] = [await connectOidc(house, { name: 'A' }), await connectOidc(house, { name: 'B' })];
      const here = await open(house, world, a.slug, 'same');
      await house.identity.signOn.link(op, { userId: here.user.id, providerId: b.id, subject: 's-ada' });
      const there = await open(house, world, b.slug, 'same');
      assert.equal(await house.identity.signOn.backChannelLogout(b.slug, logoutToken({ session: 'same' }), never), 1);
      assert.deepEqual([await isLive(house, here), await isLive(house, there)], [true, false]);
    });
  });

  it('is answered over SAML after the sessions have ended', async () => {
    await withWorld(async (house, world) => {
      const { signOn } = house.identity;
      const { slug } = await signOn.create(op, samlInput());
      world.codes.set('c', vouches({ upstreamSession: 'idx', keepsake: secret('name-id') }));
      const { cookie, state } = await goOut(house, { slug });
      const response = JSON.stringify({ code: 'c', id: 'a', inResponseTo: `r-${state}` });
      const answer = { kind: 'saml' as const, response, relayState: state, cookie };
      const opened = signedIn(stepOf(await signOn.finish(slug, answer, from(), never)));
      const query = JSON.stringify({ subject: 's-ada', sessions: ['idx'], id: 'l1' });
      const done = await signOn.singleLogout(slug, { binding: 'redirect', query }, never);
      assert.equal(done?.url, 'https://saml.example.org/slo?done=true');
      assert.equal(await isLive(house, opened), false);
      const again = await signOn.singleLogout(slug, { binding: 'redirect', query }, never);
      assert.equal(again?.url, 'https://saml.example.org/slo?done=false');
    });
  });
});

describe('a sign-out here', () => {
  it('leads to the provider with what the session was begun with, from any of its hosts', async () => {
    await withWorld(async (house, world) => {
      const { slug } = await connectOidc(house);
      const opened = await open(house, world, slug, 'sid1');
      const handoff = await house.identity.issueHandoff(opened.session.id, 'n8n.example.org');
      const child = signedIn(await house.identity.redeemHandoff(handoff, from('203.0.113.7', 'n8n.example.org')));
      for (const { session } of [opened, child]) {
        const out = await house.identity.signOn.beginLogout(session.id, 'unused', never);
        assert.match(out?.url ?? '', /hint=keep%20sid1.*signed-out/);
      }
      await house.identity.signOn.delete(op, (await house.identity.signOn.list())[0]?.id ?? '');
      assert.equal(await house.identity.signOn.beginLogout(opened.session.id, 'unused', never), null);
    });
  });
});

describe('a provider that goes', () => {
  it('takes its sessions, links and groups with it, and the people stay', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      world.codes.set('c', vouches({ groups: ['ops'] }));
      const opened = signedIn(stepOf(await signInAt(house, provider, 'c')));
      const out = await goOut(house, provider);
      await house.identity.signOn.delete(op, provider.id);
      assert.equal(await isLive(house, opened), false);
      assert.deepEqual(await house.identity.groups.list(), []);
      assert.deepEqual(await house.identity.signOn.linksOf(opened.user.id), []);
      assert.equal((await house.identity.getUser(opened.user.id)).email, 'ada@example.org');
      const url = new URL(`https://gate.example.org/callback?code=c&state=${out.state}`);
      const answer = { kind: 'oidc' as const, url, cookie: out.cookie };
      await assert.rejects(
        house.identity.signOn.finish(provider.slug, answer, from(), never),
        is('identity.provider_not_found'),
      );
    });
  });

  it('ends its sessions when it is switched off', async () => {
    await withWorld(async (house, world) => {
      const { id, slug } = await connectOidc(house);
      const opened = await open(house, world, slug, 'sid1');
      const pending = await goOut(house, { slug });
      await house.identity.signOn.update(op, id, oidcInput({ enabled: false }));
      assert.equal(await isLive(house, opened), false);
      const url = new URL(`https://gate.example.org/callback?code=c&state=${pending.state}`);
      const answer = { kind: 'oidc' as const, url, cookie: pending.cookie };
      const arrival = await house.identity.signOn.finish(slug, answer, from(), never);
      assert.equal(stepOf(arrival).state, 'refused');
    });
  });

  it('loses one person when their link is taken away', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      world.codes.set('c', vouches({ groups: ['ops'] }));
      const opened = signedIn(stepOf(await signInAt(house, provider, 'c')));
      await house.identity.signOn.unlink(op, { userId: opened.user.id, providerId: provider.id });
      assert.equal(await isLive(house, opened), false);
      assert.deepEqual(await house.identity.groups.of(opened.user.id), []);
    });
  });
});
