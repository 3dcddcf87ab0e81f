import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type FakeS3, startFakeS3 } from '../../tests/fakes/s3.ts';
import { systemClock } from '../core/clock.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import { createDiskObjects, createS3Objects, type Objects, type S3Credentials } from './store.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** What objects promise wherever they are kept. */
function contract(open: () => Promise<Objects>): void {
  let objects: Objects;
  before(async () => {
    objects = await open();
  });

  it('gives back the bytes that were put, also none and every byte', async () => {
    const every = Uint8Array.from({ length: 256 }, (_, index) => index);
    for (const [name, bytes] of [
      ['empty', text('')],
      ['every.bin', every],
      ['a/b/c-1_2.txt', text('deep')],
    ] as const) {
      await objects.put(name, bytes);
      assert.deepEqual(await objects.get(name), bytes);
    }
  });

  it('writes a name once, and of many at the same time exactly one', async () => {
    await objects.put('once', text('first'));
    await assert.rejects(objects.put('once', text('second')), { code: 'store.object_exists' });
    assert.deepEqual(await objects.get('once'), text('first'));
    const racing = ['a', 'b', 'c', 'd', 'e'].map(value => objects.put('raced', text(value)));
    const results = await Promise.allSettled(racing);
    assert.equal(results.filter(result => result.status === 'fulfilled').length, 1);
  });

  it('says object_not_found for a name never put or deleted, and deleting twice is no error', async () => {
    await assert.rejects(objects.get('never'), { code: 'store.object_not_found' });
    await objects.put('short/lived', text('x'));
    await objects.delete('short/lived');
    await objects.delete('short/lived');
    await assert.rejects(objects.get('short/lived'), { code: 'store.object_not_found' });
  });

  it('lists names sorted by their whole text, by prefix and in pages', async () => {
    const names = ['l/a', 'l/a-1', 'l/a.b', 'l/a0', 'l/b/1', 'l/b/2', 'l/b0', 'm/1'];
    for (const name of names.toReversed()) await objects.put(name, text(name));
    const inL = names.filter(name => name.startsWith('l/'));
    assert.deepEqual(await objects.list('l/', { countMax: 100 }), inL);
    assert.deepEqual(await objects.list('l/b', { countMax: 100 }), ['l/b/1', 'l/b/2', 'l/b0']);
    assert.deepEqual(await objects.list('l/', { after: 'l/a.b', countMax: 2 }), ['l/a0', 'l/b/1']);
    assert.deepEqual(await objects.list('none', { countMax: 1 }), []);
    const paged: string[] = [];
    for (let page = await objects.list('l/', { countMax: 1 }); page.length > 0; ) {
      paged.push(...page);
      page = await objects.list('l/', { after: paged.at(-1) ?? '', countMax: 1 });
    }
    assert.deepEqual(paged, inL);
  });

  it('refuses names that leave the folder, hide or mean something in a URL', async () => {
    const bad = [
      '',
      '/',
      '/a',
      'a/',
      'a//b',
      '..',
      'a/../b',
      './a',
      '.a',
      'a/.b',
      'A',
      'a b',
      'a%2fb',
      'a\\b',
      'a\0',
      'é',
      'a?b',
      'x'.repeat(513),
    ];
    for (const name of bad) {
      await assert.rejects(objects.put(name, text('')), { code: 'core.invalid_input' }, name);
      await assert.rejects(objects.get(name), { code: 'core.invalid_input' }, name);
      await assert.rejects(objects.delete(name), { code: 'core.invalid_input' }, name);
    }
    await assert.rejects(objects.list('../', { countMax: 0 }), { code: 'core.invalid_input' });
    await assert.rejects(objects.list('A', { countMax: 1 }), { code: 'core.invalid_input' });
  });
}

describe('objects on the disk', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-objects-'));
  contract(() => createDiskObjects(join(dir, 'contract')));
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('are readable by the owner only, leave nothing unfinished and follow no link', async () => {
    const own = join(dir, 'own');
    const objects = await createDiskObjects(own);
    await objects.put('a/b', text('x'));
    await assert.rejects(objects.put('a/b', text('y')));
    assert.equal(statSync(join(own, 'a/b')).mode & 0o777, 0o600);
    assert.equal(statSync(join(own, 'a')).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(join(own, '.unfinished')), []);
    writeFileSync(join(dir, 'outside'), 'secret');
    symlinkSync(join(dir, 'outside'), join(own, 'link'));
    await assert.rejects(objects.get('link'), { code: 'store.unavailable' });
    assert.deepEqual(await objects.list('', { countMax: 9 }), ['a/b']);
  });

  it('forget what a crash left unfinished and refuse a name that is a folder', async () => {
    const own = join(dir, 'crash');
    await createDiskObjects(own);
    writeFileSync(join(own, '.unfinished', 'half'), 'x');
    const objects = await createDiskObjects(own);
    assert.deepEqual(readdirSync(join(own, '.unfinished')), []);
    await objects.put('a', text('x'));
    await assert.rejects(objects.put('a/b', text('y')), { code: 'core.invalid_input' });
  });

  it('answer store.unavailable when the folder is gone or cannot be made', async () => {
    const objects = await createDiskObjects(join(dir, 'gone'));
    rmSync(join(dir, 'gone'), { recursive: true });
    await assert.rejects(objects.put('a', text('x')), { code: 'store.unavailable' });
    await assert.rejects(objects.list('', { countMax: 1 }), { code: 'store.unavailable' });
    writeFileSync(join(dir, 'file'), '');
    await assert.rejects(createDiskObjects(join(dir, 'file/below')));
  });
});

describe('objects in a bucket', () => {
  let s3: FakeS3;
  const slept: number[] = [];
  const open = (fake: FakeS3, more: Partial<S3Credentials> & { region?: string; now?: () => number } = {}): Objects => {
    const credentials = { accessKeyId: fake.accessKeyId, secretAccessKey: new Secret(fake.secretAccessKey), ...more };
    return createS3Objects(
      { bucketUrl: fake.bucketUrl, region: more.region ?? fake.region, prefix: 'sallyport/' },
      {
        log: silentLog,
        clock: { ...systemClock, now: more.now ?? Date.now },
        fetch,
        credentials: async () => credentials,
        sleep: async ms => slept.push(ms),
      },
    );
  };
  before(async () => {
    s3 = await startFakeS3({ pageMax: 3 });
  });
  contract(async () => open(s3));
  after(async () => {
    await s3[Symbol.asyncDispose]();
  });

  it('keep to their own prefix', async () => {
    const objects = open(s3);
    s3.objects.set('other/thing', Buffer.from('x'));
    await objects.put('kept', text('x'));
    assert.ok(s3.objects.has('sallyport/kept'));
    assert.ok((await objects.list('', { countMax: 100 })).every(name => !name.includes('thing')));
  });

  it('are refused with a wrong key, region, clock or token, and the error holds no secret', async () => {
    const wrong = [
      [open(s3, { secretAccessKey: new Secret('wrong-secret') }), /SignatureDoesNotMatch/],
      [open(s3, { accessKeyId: 'AKIAUNKNOWN' }), /InvalidAccessKeyId/],
      [open(s3, { region: 'us-east-1' }), /AuthorizationHeaderMalformed/],
      [open(s3, { now: () => Date.now() - 16 * 60_000 }), /RequestTimeTooSkewed/],
      [open(s3, { sessionToken: new Secret('unwanted') }), /InvalidToken/],
    ] as const;
    for (const [objects, message] of wrong) {
      await assert.rejects(objects.put('never', text('x')), { code: 'store.unavailable', message });
      await assert.rejects(objects.get('never'), error => !String(error).includes('wrong-secret'));
    }
    assert.ok(!s3.objects.has('sallyport/never'));
  });

  it('sign a session token', async () => {
    await using withToken = await startFakeS3({ sessionToken: 'a/token+of==sts' });
    await open(withToken, { sessionToken: new Secret('a/token+of==sts') }).put('a', text('x'));
    assert.deepEqual(withToken.answered, ['PUT sallyport/a 200']);
  });

  it('wait longer each time when told to slow down, and give up after five attempts', async () => {
    const objects = open(s3);
    slept.length = 0;
    s3.throttle(3);
    await objects.put('slow', text('x'));
    assert.equal(slept.length, 3);
    assert.ok(
      slept.every((ms, index) => ms >= 100 * 2 ** index && ms <= 200 * 2 ** index),
      String(slept),
    );
    s3.throttle(5);
    await assert.rejects(objects.get('slow'), { code: 'store.unavailable', message: /5 attempts: 503 SlowDown/ });
    await objects.get('slow');
  });

  it('know their own write again when its answer was lost, and a stranger’s from it', async () => {
    const objects = open(s3);
    s3.cutAfter(1);
    await objects.put('cut', text('mine'));
    assert.deepEqual(await objects.get('cut'), text('mine'));
    s3.cutAfter(1);
    await assert.rejects(objects.put('cut', text('other')), { code: 'store.object_exists' });
  });

  it('notice bytes that changed on the way', async () => {
    const lying: typeof fetch = async () =>
      new Response('changed', { headers: { 'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64') } });
    const credentials = async (): Promise<S3Credentials> => ({ accessKeyId: 'a', secretAccessKey: new Secret('b') });
    const deps = { log: silentLog, clock: systemClock, fetch: lying, credentials };
    const objects = createS3Objects({ bucketUrl: s3.bucketUrl, region: s3.region }, deps);
    await assert.rejects(objects.get('a'), { code: 'store.unavailable', message: /checksum/ });
  });
});
