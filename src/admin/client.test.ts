import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiProblem, createClient, fillPath, isApiProblem } from './client.ts';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function recording(answer: () => Response): {
  sent: Sent[];
  fetch: (url: string, init: RequestInit) => Promise<Response>;
} {
  const sent: Sent[] = [];
  return {
    sent,
    fetch: async (url, init) => {
      sent.push({ url, init });
      return answer();
    },
  };
}

describe('the client', () => {
  it('fills path and query, leaves undefined out, and sends no CSRF header on a read', async () => {
    const { sent, fetch } = recording(() => Response.json({ users: [] }));
    const client = createClient({ fetch, baseUrl: 'https://gate.test' });
    assert.deepEqual(await client('users.list', { query: { search: 'a&b', limit: 5, after: undefined } }), {
      users: [],
    });
    assert.equal(sent[0]?.url, 'https://gate.test/.sallyport/api/v1/users?search=a%26b&limit=5');
    assert.equal(new Headers(sent[0]?.init.headers).get('sallyport-csrf'), null);
    assert.equal(sent[0]?.init.redirect, 'error');
  });

  it('sends the CSRF header and a JSON body on a write', async () => {
    const { sent, fetch } = recording(() => Response.json({}));
    await createClient({ fetch })('projects.rename', { params: { id: 'a/b' }, body: { name: 'New' } });
    assert.equal(sent[0]?.url, '/.sallyport/api/v1/projects/a%2Fb');
    const headers = new Headers(sent[0]?.init.headers);
    assert.equal(headers.get('sallyport-csrf'), '1');
    assert.equal(headers.get('content-type'), 'application/json');
    assert.equal(sent[0]?.init.body, '{"name":"New"}');
  });

  it('throws the problem document as an ApiProblem with its input errors', async () => {
    const problem = {
      type: '/.sallyport/errors#core.invalid_input',
      title: 'Invalid input',
      status: 400,
      code: 'core.invalid_input',
      requestId: 'r1',
      errors: [{ path: 'body.name', message: 'too short' }, { path: 7 }],
    };
    const { fetch } = recording(() => Response.json(problem, { status: 400 }));
    const error: unknown = await createClient({ fetch })('me.update', { body: { name: '' } }).then(
      () => assert.fail('must throw'),
      (e: unknown) => e,
    );
    assert.ok(isApiProblem(error, 'core.invalid_input'));
    assert.equal(error.requestId, 'r1');
    assert.deepEqual(error.errors, [{ path: 'body.name', message: 'too short' }]);
  });

  it('turns an unreadable answer and no answer at all into problems', async () => {
    const html = recording(() => new Response('<h1>hello', { status: 502 }));
    await assert.rejects(
      createClient({ fetch: html.fetch })('me.get'),
      (e: unknown) => isApiProblem(e, 'internal') && e.status === 502,
    );
    const gone = createClient({ fetch: () => Promise.reject(new TypeError('fetch failed')) });
    await assert.rejects(
      gone('me.get'),
      (e: unknown) => isApiProblem(e, 'server.not_running') && e instanceof ApiProblem,
    );
  });

  it('rejects with the reason of the caller’s own signal', async () => {
    const stop = new AbortController();
    const client = createClient({ fetch: (_, init) => Promise.reject(init.signal?.reason) });
    stop.abort(new Error('left the page'));
    await assert.rejects(client('me.get', undefined, { signal: stop.signal }), /left the page/);
  });

  it('refuses a parameter that would climb out of its segment', () => {
    for (const id of ['', '.', '..', undefined, 7]) assert.throws(() => fillPath('/users/:id', { id }), TypeError);
    assert.equal(fillPath('/users/:id', { id: '../x?y#z' }), '/users/..%2Fx%3Fy%23z');
  });
});
