import path from 'node:path';
import { freePort, type RealPlatform, startProgram } from './program.ts';

/** Starts the real Flowise from the cache with a database of its own. It needs about a gigabyte of memory. */
export async function startRealFlowise(
  options: { dir?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<RealPlatform> {
  const port = await freePort();
  return startProgram({
    name: 'flowise',
    port,
    dir: options.dir,
    env: dir => ({
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_TYPE: 'sqlite',
      DATABASE_PATH: dir,
      SECRETKEY_PATH: dir,
      LOG_PATH: path.join(dir, 'logs'),
      BLOB_STORAGE_PATH: path.join(dir, 'storage'),
      DISABLE_FLOWISE_TELEMETRY: 'true',
      CUSTOM_MCP_PROTOCOL: 'sse',
      ...options.env,
    }),
    isReady: async baseUrl => (await (await fetch(`${baseUrl}/api/v1/ping`)).text()) === 'pong',
  });
}
