import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { site, snapshotWith, startGate, startUpstream } from '../gateway.fixture.ts';

describe('shields', () => {
  it('are not got round by escapes, blanks or length in a document within a string', async () => {
    await using upstream = await startUpstream();
    const policy = site([upstream.url], { platform: 'flowise' });
    const snapshot = snapshotWith([policy], Date.now());
    const perimeter = { ...snapshot.perimeter, versions: new Map([['site-app', '1.0.0']]) };
    await using gate = await startGate([policy], { snapshot: { ...snapshot, perimeter } });
    const save = async (flowData: string): Promise<string | undefined> => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ name: 'Chat', flowData });
      await gate.call({ signedIn: true, method: 'POST', path: '/api/v1/chatflows', headers, body });
      return gate.records().at(-1)?.data.denied?.type;
    };
    const flow = (config: string): string =>
      JSON.stringify({ nodes: [{ data: { inputs: { mcpServerConfig: config } } }] });
    const blanks = ' '.repeat(70_000);
    for (const flowData of [
      flow('{"command":"id"}'),
      String.raw`{"nodes":[{"data":{"inputs":{"mcpServerConfig":{"\u0063ommand":"id"}}}}]}`,
      flow(String.raw`{"comm\u0061nd":"id"}`),
      `{"nodes":[{"data":{"inputs":{"mcpServerConfig":{"command"${blanks}:"id"}}}}]}`,
      `{"filler":"${'x'.repeat(50_000)}","mcpServerConfig":{"command"${blanks}:${blanks}"id"}}`,
    ]) {
      assert.equal(await save(flowData), 'shield', flowData.slice(0, 120));
    }
    assert.notEqual(await save(flow('{"url":"https://mcp.example.org"}')), 'shield');
  });
});
