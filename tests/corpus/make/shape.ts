/** Shapes of honest requests to sites of every kind, and the short ways to write them. */
import type { Chance } from './chance.ts';
import { type Field, multipart } from './visit.ts';

/** What values are drawn from. */
export interface Words extends Chance {
  /** A sentence in any language; one in eight looks like an attack. */
  text(): string;
  name(): string;
  /** One or two search words. */
  words(): string;
  password(): string;
  mail(): string;
  /** Seconds since 1970. */
  time(): number;
  /** URL-safe Base64 of random bytes. */
  token(bytes: number): string;
  code(): string;
  html(): string;
}

export interface Sketch {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}
export interface Shape {
  readonly name: string;
  draw(words: Words): Sketch;
}

export const enc = encodeURIComponent;
type Headers = Readonly<Record<string, string>>;
type Text = string | ((words: Words) => string);
const said = (text: Text, words: Words): string => (typeof text === 'string' ? text : text(words));

export const get = (name: string, target: (words: Words) => string, headers?: (words: Words) => Headers): Shape => ({
  name,
  draw: words => ({
    method: 'GET',
    target: target(words),
    ...(headers === undefined ? {} : { headers: headers(words) }),
  }),
});

export const raw = (
  name: string,
  path: Text,
  type: string,
  body: (words: Words) => string | Buffer,
  more: { method?: string; headers?: Headers } = {},
): Shape => ({
  name,
  draw: words => ({
    method: more.method ?? 'POST',
    target: said(path, words),
    headers: { 'content-type': type, ...more.headers },
    body: body(words),
  }),
});

export const json = (
  name: string,
  path: Text,
  body: (words: Words) => unknown,
  more: { method?: string; headers?: Headers; type?: string } = {},
): Shape => raw(name, path, more.type ?? 'application/json', words => JSON.stringify(body(words)), more);

export const form = (name: string, path: Text, fields: (words: Words) => Readonly<Record<string, string>>): Shape =>
  raw(name, path, 'application/x-www-form-urlencoded; charset=UTF-8', words =>
    new URLSearchParams(fields(words)).toString(),
  );

export const parts = (name: string, path: Text, fields: (words: Words) => readonly Field[]): Shape => ({
  name,
  draw: words => {
    const { type, body } = multipart(fields(words), words);
    return { method: 'POST', target: said(path, words), headers: { 'content-type': type }, body };
  },
});

/** A page that is asked for with these cookies. */
export const cookies = (name: string, value: (words: Words) => string): Shape => ({
  name,
  draw: words => ({
    method: 'GET',
    target: words.pick(['/', '/news', '/account', '/products?page=2']),
    headers: { cookie: value(words) },
  }),
});
