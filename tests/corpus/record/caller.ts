import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { request } from 'undici';

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes as JSON. */
  readonly body?: string | Buffer | object;
}
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** What a JSON answer holds. */
  readonly json: Record<string, unknown>;
}

/** Calls a platform as its own pages do, and keeps its cookies. */
export function createCaller(
  baseUrl: string,
  always: Readonly<Record<string, string>>,
): (call: Call) => Promise<Answer> {
  const jar = new Map<string, string>();
  return async ({ method, path, headers = {}, body }) => {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await request(new URL(path, baseUrl), {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...always,
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [first = ''] = line.split(';');
      jar.set(first.slice(0, first.indexOf('=')), first.slice(first.indexOf('=') + 1));
    }
    const text = plain(
      Buffer.from(await answer.body.arrayBuffer()),
      String(answer.headers['content-encoding'] ?? ''),
    ).toString();
    return { status: answer.statusCode, text, json: parse(text) };
  };
}

function plain(bytes: Buffer, coding: string): Buffer {
  if (coding === 'gzip') return gunzipSync(bytes);
  if (coding === 'br') return brotliDecompressSync(bytes);
  if (coding === 'zstd') return zstdDecompressSync(bytes);
  return coding === 'deflate' ? inflateSync(bytes) : bytes;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Headers of a page of today's Chrome calling its own server. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  accept: 'application/json, text/plain, */*',
  'accept-language': 'en-US,en;q=0.9,de;q=0.8',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'sec-ch-ua': '"Chromium";v="131", "Not_A Brand";v="24"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-origin',
};
