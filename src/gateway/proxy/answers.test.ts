import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { FirewallRecord } from '../../core/events.ts';
import type { TestGate } from '../gateway.fixture.ts';
import { eventually, site, startGate, startUpstream } from '../gateway.fixture.ts';
import { guardDefaults } from '../guard-input.ts';
import type { SitePolicy } from '../snapshot.ts';

const trace = 'Error: boom\n    at Object.run (/srv/app/lib/run.js:10:15)\n';
const card = '{"card":"4111111111111111"}';

const leaksOf = (gate: TestGate): FirewallRecord[] =>
  gate.told.flatMap(message =>
    message.kind === 'event' && message.event.type === 'firewall.matched' && message.event.data.by === 'answers'
      ? [message.event.data]
      : [],
  );

async function withGate(
  answer: RequestListener,
  patch: Partial<SitePolicy> & { answers: SitePolicy['guard']['answers'] },
  act: (gate: TestGate) => Promise<void>,
): Promise<void> {
  const { answers, ...rest } = patch;
  await using upstream = await startUpstream(answer);
  await using gate = await startGate([site([upstream.url], { guard: { ...guardDefaults, answers }, ...rest })]);
  await act(gate);
}

const answering =
  (body: string | Buffer, headers: Record<string, string> = {}): RequestListener =>
  (_req, res) =>
    void res.writeHead(200, { 'content-type': 'text/plain', ...headers }).end(body);

describe('answers on their way out', () => {
  it('are only recorded in shadow mode', () =>
    withGate(answering(trace), { answers: 'shadow' }, async gate => {
      assert.equal((await gate.call({ signedIn: true })).body, trace);
      await eventually(() => leaksOf(gate).length === 1, 'the event');
      const [leak] = leaksOf(gate);
      assert.equal(leak?.verdict, 'would_block');
      assert.equal(leak?.phase, 'answer');
      assert.deepEqual(
        leak?.matches.map(match => match.rule),
        ['leak.trace_node'],
      );
    }));

  it('are looked at in shadow mode although they are compressed, and go on as they are', () =>
    withGate(answering(gzipSync(trace), { 'content-encoding': 'gzip' }), { answers: 'shadow' }, async gate => {
      const answer = await gate.call({ signedIn: true, headers: { 'accept-encoding': 'gzip' } });
      assert.equal(answer.headers['content-encoding'], 'gzip');
      await eventually(() => leaksOf(gate).length === 1, 'the event');
    }));

  it('are recorded and let go of in shadow mode when the client leaves in the middle, compressed or not', async () => {
    for (const encoding of ['gzip', 'identity']) {
      const begin: RequestListener = (_req, res) => {
        res.on('error', () => {});
        res.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': encoding });
        const text = `${trace}${'x '.repeat(5000)}`;
        res.write(encoding === 'gzip' ? gzipSync(text) : text);
      };
      const publicRoutes = [{ methods: ['GET'], path: '/open' }];
      await withGate(begin, { answers: 'shadow', publicRoutes }, async gate => {
        // More of them than are inflated at once.
        for (let left = 1; left <= 10; left++) {
          const socket = connect(gate.port, '127.0.0.1');
          socket.on('error', () => {});
          socket.write('GET /open HTTP/1.1\r\nhost: app.test\r\naccept-encoding: gzip\r\n\r\n');
          await once(socket, 'data');
          socket.destroy();
          await eventually(() => leaksOf(gate).length === left, `the event of client ${left}, ${encoding}`);
        }
      });
    }
  });

  it('are redacted in their length, without validators that are no longer true', () =>
    withGate(
      (req, res) => {
        assert.equal(req.headers['accept-encoding'], 'identity');
        answering(`${trace}${card}`, { etag: '"1"', 'content-length': String(trace.length + card.length) })(req, res);
      },
      { answers: 'redact' },
      async gate => {
        const answer = await gate.call({ signedIn: true, headers: { 'accept-encoding': 'gzip' } });
        assert.equal(answer.status, 200);
        assert.equal(answer.body.length, trace.length + card.length);
        assert.equal(answer.headers['content-length'], String(trace.length + card.length));
        assert.equal(answer.headers.etag, undefined);
        assert.ok(
          !answer.body.includes('run.js') && !answer.body.includes('4111') && answer.body.includes('[redacted'),
        );
        assert.equal(leaksOf(gate)[0]?.verdict, 'redact');
      },
    ));

  it('are redacted across pieces of a length nobody announced', () =>
    withGate(
      (_req, res) => {
        res.writeHead(200, { 'content-type': 'application/json' });
        const text = `${'{"x":"y"} '.repeat(2000)}${card}${' '.repeat(5000)}`;
        let at = 0;
        const step = (): void => {
          if (at >= text.length) return void res.end();
          res.write(text.slice(at, at + 3001));
          at += 3001;
          setImmediate(step);
        };
        step();
      },
      { answers: 'redact' },
      async gate => {
        const { body } = await gate.call({ signedIn: true });
        assert.equal(body.length, 20_000 + card.length + 5000);
        assert.ok(!body.includes('4111111111111111'));
        assert.equal(leaksOf(gate).length, 1);
      },
    ));

  it('are withheld in block mode, with an incident number', () =>
    withGate(answering(`${'x '.repeat(10_000)}${card}`), { answers: 'block' }, async gate => {
      const { body, status } = await gate.call({ signedIn: true });
      assert.equal(status, 502);
      const problem = JSON.parse(body) as Record<string, unknown>;
      assert.equal(problem['code'], 'perimeter.answer_withheld');
      assert.equal(problem['incident'], gate.records()[0]?.requestId);
      assert.ok(!body.includes('4111'));
      assert.equal(gate.records()[0]?.data.denied?.type, 'leak');
      assert.equal(leaksOf(gate)[0]?.verdict, 'block');
    }));

  it('are broken off in block mode where a part has gone already', () =>
    withGate(answering(`${'x '.repeat(200_000)}${card}`), { answers: 'block' }, async gate => {
      await assert.rejects(gate.call({ signedIn: true }), /aborted|hang up|reset/);
      assert.equal(leaksOf(gate)[0]?.verdict, 'block');
    }));

  it('pass whole and unchanged in block mode where nothing leaks, short, long and empty', async () => {
    for (const body of ['', 'hello', 'x '.repeat(300_000)]) {
      await withGate(answering(body), { answers: 'block' }, async gate => {
        const answer = await gate.call({ signedIn: true });
        assert.equal(answer.status, 200);
        assert.equal(answer.body, body);
        assert.deepEqual(leaksOf(gate), []);
      });
    }
  });

  it('are withheld where they come compressed although that was not asked for, or in part', async () => {
    await withGate(answering(gzipSync('hello'), { 'content-encoding': 'gzip' }), { answers: 'redact' }, async gate => {
      assert.equal((await gate.call({ signedIn: true })).status, 502);
    });
    const part = (_req: unknown, res: ServerResponse): void =>
      void res.writeHead(206, { 'content-type': 'text/plain', 'content-range': 'bytes 0-1/9' }).end('he');
    await withGate(part, { answers: 'redact' }, async gate => {
      assert.equal((await gate.call({ signedIn: true, headers: { range: 'bytes=0-1' } })).status, 502);
    });
  });

  it('are left alone where they are no text', async () => {
    for (const type of ['image/png', 'application/octet-stream', 'text/event-stream', 'text/css', 'image/svg+xml']) {
      await withGate(answering(trace, { 'content-type': type }), { answers: 'block' }, async gate => {
        assert.equal((await gate.call({ signedIn: true })).body, trace);
        assert.deepEqual(leaksOf(gate), []);
      });
    }
  });

  it('of a platform to its editors may hold stack traces, and keys are only recorded', () =>
    withGate(
      (req, res) =>
        answering(req.url === '/rest/workflows' ? trace : card, { 'content-type': 'application/json' })(req, res),
      { answers: 'block', platform: 'n8n' },
      async gate => {
        assert.equal((await gate.call({ signedIn: true, path: '/rest/workflows' })).body, trace);
        assert.deepEqual(leaksOf(gate), []);
        assert.equal((await gate.call({ signedIn: true, path: '/rest/credentials' })).body, card);
        assert.equal(leaksOf(gate)[0]?.verdict, 'would_block');
      },
    ));

  it('of a published route of a platform are judged whole', () =>
    withGate(
      answering(trace),
      { answers: 'block', platform: 'n8n', publicRoutes: [{ methods: ['GET'], path: '/webhook/x' }] },
      async gate => assert.equal((await gate.call({ path: '/webhook/x' })).status, 502),
    ));

  it('are not looked at where the site says so', () =>
    withGate(answering(gzipSync(trace), { 'content-encoding': 'gzip' }), { answers: 'off' }, async gate => {
      assert.equal((await gate.call({ signedIn: true })).status, 200);
      assert.deepEqual(leaksOf(gate), []);
    }));
});
