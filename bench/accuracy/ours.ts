import { performance } from 'node:perf_hooks';
import type { Exchange } from '../../src/gateway/exchange.ts';
import { compileShields, type Shields } from '../../src/gateway/guard/shields.ts';
import {
  type AuthoredFields,
  compileFields,
  createFirewall,
  detectors,
  type FirewallPolicy,
  type Judgement,
  type Place,
} from '../../src/perimeter/perimeter.ts';
import { createPlatforms, type Platform } from '../../src/platforms/platforms.ts';
import { bodyOf, type CorpusEntry } from '../../tests/corpus/corpus.ts';

/** What was thought of one request, and why. */
export interface Verdict {
  readonly stopped: boolean;
  readonly why?: string;
  readonly cpuMs: number;
}

const chunkBytes = 64 * 1024;

/**
 * Judges as the gate does at its default level: the path in its one spelling, the route table, then the firewall over head and body. A
 * visitor's request counts as stopped by the route table only for advisories, which are about routes; elsewhere values alone decide.
 */
export function createOurs(paranoia: FirewallPolicy['paranoia'] = 1): (entry: CorpusEntry) => Verdict {
  const firewall = createFirewall({ detectors });
  const platforms = createPlatforms();
  const policy: FirewallPolicy = { mode: 'block', paranoia, threshold: 5, exclusions: [], inspectBytesMax: null };
  const fieldsOf = new Map<string, AuthoredFields>();
  const shieldsOf = new Map<string, Shields>();

  function authored(platform: Platform, action: string): AuthoredFields | undefined {
    const patterns = platform.authored[action];
    if (patterns === undefined) return undefined;
    const key = `${platform.id} ${action}`;
    const fields = fieldsOf.get(key) ?? compileFields(patterns);
    fieldsOf.set(key, fields);
    return fields;
  }

  function judge(entry: CorpusEntry): string | undefined {
    const platform = platforms.get(entry.site);
    if (platform === undefined) throw new Error(`Cannot judge "${entry.id}": no platform "${entry.site}"`);
    const { method, target, headers } = entry.request;
    const canonical = platform.canonicalise(target);
    if (!canonical.ok) return `path: ${canonical.reason}`;
    const { path, query } = canonical;
    const classified = platform.classify({ method, path, query, upgrade: false });
    const { kind } = classified.need;
    const isGuarded = kind === 'closed' || (entry.who === 'visitor' && (kind === 'permission' || kind === 'signed_in'));
    if (entry.class === 'advisory' && isGuarded) return `route: ${kind}`;
    const fields = entry.who === 'editor' ? authored(platform, classified.action) : undefined;
    if (!shieldsOf.has(platform.id)) shieldsOf.set(platform.id, compileShields(platform.advisories, undefined));
    // What the shields read of an exchange, no more.
    const exchange = {
      request: { method, path, query },
      inbound: { req: { headers: gather(headers) } },
    } as unknown as Exchange;
    const shields = shieldsOf.get(platform.id)?.on(exchange);
    let hit = shields?.judgeHead(exchange);
    if (hit !== undefined) return `shield: ${hit.advisory.id}`;
    const onLeaf = (place: Place, text: string): void => {
      hit ??= shields?.judgeLeaf(place, text);
    };
    const context = { endpoint: classified.endpoint, nowMs: 0, ...(shields === undefined ? {} : { onLeaf }) };
    const head = { method, path, query, headers: gather(headers) };
    const shielded = (): string | undefined => (hit === undefined ? undefined : `shield: ${hit.advisory.id}`);
    const first = reason(firewall.inspectHead(head, policy, context)) ?? shielded();
    const body = bodyOf(entry.request);
    if (first !== undefined || body === undefined) return first;
    const header = (name: string): string | undefined => headers.find(([known]) => known.toLowerCase() === name)?.[1];
    const inspection = firewall.openBody(
      { contentType: header('content-type'), contentEncoding: header('content-encoding'), method },
      policy,
      { ...context, authored: fields },
    );
    for (let at = 0; at < body.length; at += chunkBytes) {
      const early = inspection.feed(body.subarray(at, at + chunkBytes));
      if (early !== undefined) return reason(early);
    }
    return reason(inspection.end()) ?? shielded();
  }

  return entry => {
    const before = performance.now();
    const why = judge(entry);
    const cpuMs = performance.now() - before;
    return why === undefined ? { stopped: false, cpuMs } : { stopped: true, why, cpuMs };
  };
}

function reason({ verdict, problem, matches }: Judgement): string | undefined {
  if (verdict === 'pass') return undefined;
  if (problem !== undefined) return `${problem.kind}: ${problem.detail}`;
  return matches.map(match => `${match.rule} @ ${match.place.zone} ${match.place.name}: ${match.excerpt}`).join(' | ');
}

function gather(headers: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const gathered: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const known = gathered[name.toLowerCase()];
    gathered[name.toLowerCase()] = known === undefined ? value : [...[known].flat(), value];
  }
  return gathered;
}
