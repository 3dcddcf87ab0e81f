/** Ways to write whole requests that are attacks. */
import type { CorpusEntry, CorpusRequest } from '../corpus.ts';
import type { Whole } from './attack-set.ts';
import type { Chance } from './chance.ts';
import { browserHeaders, hosts } from './senders.ts';

export interface WholeWriter {
  readonly all: Whole[];
  /** What the next ones are. */
  as(what: { class: string; technique: string; site?: CorpusEntry['site']; who?: CorpusEntry['who'] }): void;
  get(target: string, headers?: Readonly<Record<string, string>>, method?: string): void;
  send(
    target: string,
    type: string,
    body: string | Buffer,
    more?: { method?: string; headers?: Readonly<Record<string, string>> },
  ): void;
  json(target: string, body: unknown, headers?: Readonly<Record<string, string>>): void;
}

/** A writer that collects. */
export function wholeWriter(chance: Chance): WholeWriter {
  const all: Whole[] = [];
  let now: Pick<Whole, 'class' | 'technique' | 'site' | 'who'> = {
    class: '',
    technique: '',
    site: 'generic',
    who: 'visitor',
  };
  const push = (request: CorpusRequest): void => {
    all.push({ ...now, request });
  };
  const headersWith = (more: Readonly<Record<string, string>>): [string, string][] => {
    const host = now.site === 'generic' ? chance.pick(hosts) : `${now.site}.example.com`;
    const headers = new Map(browserHeaders(host, chance));
    for (const [name, value] of Object.entries(more)) headers.set(name, value);
    return [...headers];
  };
  const send: WholeWriter['send'] = (target, type, body, more = {}) => {
    const head = {
      method: more.method ?? 'POST',
      target,
      headers: headersWith({ 'content-type': type, ...more.headers }),
    };
    push(typeof body === 'string' ? { ...head, body } : { ...head, bodyBase64: body.toString('base64') });
  };
  return {
    all,
    as: ({ class: kind, technique, site = 'generic', who = 'visitor' }) => {
      now = { class: kind, technique, site, who };
    },
    get: (target, headers = {}, method = 'GET') => push({ method, target, headers: headersWith(headers) }),
    send,
    json: (target, body, headers = {}) =>
      send(target, 'application/json', typeof body === 'string' ? body : JSON.stringify(body), { headers }),
  };
}
