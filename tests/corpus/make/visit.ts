import { createHmac } from 'node:crypto';
import type { Chance } from './chance.ts';
import type { Parts } from './parts.ts';

/** A request of a visitor to a platform: a service's webhook, a form, a chat. `{flow}` in a path stands for the id of a flow. */
export interface Visit {
  readonly site: 'n8n' | 'flowise';
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Buffer;
}

/** One part of a multipart body; a file when it has a file name. */
export interface Field {
  readonly name: string;
  readonly value: string | Buffer;
  readonly filename?: string;
  readonly type?: string;
}

const signature = (body: string): string => createHmac('sha256', 'whsec').update(body).digest('hex');

/** A webhook with a JSON body, signed like most. */
export function hook(path: string, agent: string, body: unknown, headers: Record<string, string> = {}): Visit {
  const text = JSON.stringify(body);
  return {
    site: 'n8n',
    method: 'POST',
    path: `/webhook/${path}`,
    headers: {
      'user-agent': agent,
      accept: '*/*',
      'content-type': 'application/json',
      'x-signature-256': `sha256=${signature(text)}`,
      ...headers,
    },
    body: text,
  };
}

/** A form as services post it. */
export function formHook(path: string, agent: string, fields: Readonly<Record<string, string>>): Visit {
  return {
    site: 'n8n',
    method: 'POST',
    path: `/webhook/${path}`,
    headers: { 'user-agent': agent, accept: '*/*', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  };
}

export function rawHook(path: string, agent: string, type: string, body: string): Visit {
  return {
    site: 'n8n',
    method: 'POST',
    path: `/webhook/${path}`,
    headers: { 'user-agent': agent, accept: '*/*', 'content-type': type },
    body,
  };
}

export function multipartHook(path: string, agent: string, fields: readonly Field[], chance: Chance): Visit {
  const { type, body } = multipart(fields, chance);
  return {
    site: 'n8n',
    method: 'POST',
    path,
    headers: { 'user-agent': agent, accept: '*/*', 'content-type': type },
    body,
  };
}

/** A multipart body as browsers write it. */
export function multipart(fields: readonly Field[], chance: Chance): { type: string; body: Buffer } {
  const boundary = `----WebKitFormBoundary${chance.word(16)}`;
  const chunks: Buffer[] = [];
  for (const { name, value, filename, type } of fields) {
    const file = filename === undefined ? '' : `; filename="${filename.replaceAll('"', '%22')}"`;
    const kind = type === undefined ? '' : `\r\nContent-Type: ${type}`;
    chunks.push(
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}${kind}\r\n\r\n`),
      Buffer.from(value),
      Buffer.from('\r\n'),
    );
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(chunks) };
}

/** Asking a flow of Flowise. */
export function ask(question: string, more: Record<string, unknown> = {}): Visit {
  return {
    site: 'flowise',
    method: 'POST',
    path: '/api/v1/prediction/{flow}',
    headers: {
      'user-agent':
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
      accept: '*/*',
      origin: 'https://www.example.com',
      referer: 'https://www.example.com/help?utm_source=mail',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ question, ...more }),
  };
}

/** Bytes that look like a small picture. */
export function picture(chance: Chance, size = 600): Buffer {
  const noise = Array.from({ length: size }, () => chance.below(256));
  return Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...noise]);
}

/** HTML as mail programs send it: without scripts, which they strip. */
export function asMail(html: string): string {
  return html
    .replace(/<script[\s\S]*?<\/script>/g, '')
    .replace(/<(?:iframe|object|base|meta http)[^>]*>/g, '')
    .replace(/ on[a-z]+="[^"]*"| onload='[^']*'/g, '')
    .replace(/javascript:[^"]*/g, '#')
    .replace(/expression\([^)]*\)/g, 'red');
}

/** Whether a visit carries a program: people do send those, and it is a class of its own. */
export function carriesCode({ body }: Visit, parts: Parts): boolean {
  const text = typeof body === 'string' ? body : (body?.toString() ?? '');
  return [...parts.js, ...parts.python, ...parts.sql, ...parts.shell, ...parts.text].some(snippet =>
    [JSON.stringify(snippet).slice(1, 30), new URLSearchParams({ a: snippet }).toString().slice(2, 30)].some(start =>
      text.includes(start),
    ),
  );
}
