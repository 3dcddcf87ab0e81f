import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal as op } from '../../core/events.ts';
import type { House } from '../identity.fixture.ts';
import { from, secret, signedIn } from '../identity.fixture.ts';
import type { World } from './federation.fixture.ts';
import { connectDirectory, connectOidc, never, signInAt, stepOf, vouches, withWorld } from './federation.fixture.ts';

const password = 'from the directory 7';

/** Somebody of a directory who is looked up again, and what happens here while the directory is thinking. */
async function lookedUpWhile(
  happens: (house: House, at: { userId: string; providerId: string }) => Promise<unknown>,
  then: (house: House, at: { userId: string; providerId: string }) => Promise<void>,
): Promise<void> {
  await withWorld(async (house: House, world: World) => {
    const provider = await connectDirectory(house);
    world.logins.set('ada', { password, outcome: vouches() });
    const { user } = signedIn(await house.identity.signIn({ email: 'ada', password: secret(password) }, from()));
    world.subjects.set('s-ada', vouches({ groups: ['ops'] }));
    const at = { userId: user.id, providerId: provider.id };
    world.meanwhile = async () => void (await happens(house, at));
    house.pass(3_600_000);
    await house.identity.signOn.refresh(never);
    assert.equal(world.asked.get('lookUp'), 1);
    await then(house, at);
  });
}

describe('what a provider says too late', () => {
  it('gives no groups to who was unlinked while it was asked', async () => {
    await lookedUpWhile(
      (house, at) => house.identity.signOn.unlink(op, at),
      async (house, { userId }) => assert.deepEqual(await house.identity.groups.of(userId), []),
    );
  });

  it('gives no groups once it is switched off', async () => {
    await lookedUpWhile(
      async (house, { providerId }) => {
        const { signOn } = house.identity;
        const { id: _id, slug: _slug, hasSecret: _has, createdAt: _at, ...input } = await signOn.get(providerId);
        await signOn.update(op, providerId, { ...input, enabled: false });
      },
      async (house, { userId }) => assert.deepEqual(await house.identity.groups.of(userId), []),
    );
  });

  it('lets nobody in through a provider that was switched off while it vouched', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      const identity = vouches();
      world.codes.set('c', identity);
      const { get } = world.codes;
      let switchedOff: Promise<unknown> | undefined;
      world.codes.get = code => {
        const { id: _id, slug: _slug, hasSecret: _has, createdAt: _at, ...input } = provider;
        switchedOff = house.identity.signOn.update(op, provider.id, { ...input, enabled: false });
        return get.call(world.codes, code);
      };
      assert.equal(stepOf(await signInAt(house, provider, 'c')).state, 'refused');
      await switchedOff;
      assert.deepEqual((await house.identity.load()).sessions, []);
    });
  });
});
