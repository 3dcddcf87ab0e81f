import type { CoreRuleSet, CoreRuleSetInspection, Judgement } from '../../perimeter/perimeter.ts';
import type { Denial, Exchange } from '../exchange.ts';
import type { BodyInspection } from '../proxy/body.ts';
import { announcedLength } from '../proxy/body.ts';
import type { PlaneMessage } from '../snapshot.ts';
import { matchedEvent, toDenial } from './matched.ts';

/** The Core Rule Set as a second judge, for sites that want it. */
export interface CoreRules {
  /** Judges a request without a body whole; of one with a body the head, and `openBody` goes on. */
  judgeHead(exchange: Exchange): Denial | undefined;
  openBody(exchange: Exchange): BodyInspection | undefined;
}

/** What is kept of a body for the rules, which want it whole; what is longer they refuse themselves. */
const keptBytesMax = 64 * 1024 * 1024;

/** Without a rule set nothing is judged. The site's own mode decides whether a judgement stops a request. */
export function createCoreRules(deps: {
  rules: CoreRuleSet | undefined;
  bodyBytesMax: number;
  tell: (message: PlaneMessage) => void;
}): CoreRules {
  const { rules, tell } = deps;
  const keptMax = Math.min(deps.bodyBytesMax + 1, keptBytesMax);
  const open = new WeakMap<Exchange, CoreRuleSetInspection>();

  function settle(exchange: Exchange, phase: 'head' | 'body', judgement: Judgement): Denial | undefined {
    if (judgement.verdict === 'pass') return undefined;
    const isBlocked = exchange.site?.policy.guard.coreRules === 'block';
    const told: Judgement = { ...judgement, verdict: isBlocked ? 'block' : 'would_block' };
    tell({ kind: 'event', event: matchedEvent(exchange, phase, told, 'core_rules') });
    return isBlocked ? toDenial(told) : undefined;
  }

  return {
    judgeHead(exchange) {
      if (rules === undefined || exchange.site?.policy.guard.coreRules === 'off') return undefined;
      const inspection = rules.open(transactionOf(exchange));
      const denial = settle(exchange, 'head', inspection.head());
      if (denial !== undefined) return denial;
      if (announcedLength(exchange) === 'none') return settle(exchange, 'body', inspection.body());
      open.set(exchange, inspection);
      return undefined;
    },
    openBody(exchange) {
      const inspection = open.get(exchange);
      if (inspection === undefined) return undefined;
      const chunks: Buffer[] = [];
      let size = 0;
      return {
        feed(chunk) {
          if (size < keptMax) chunks.push(chunk);
          size += chunk.length;
          return undefined;
        },
        end: () => settle(exchange, 'body', inspection.body(Buffer.concat(chunks))),
      };
    },
  };
}

function transactionOf(exchange: Exchange) {
  const { inbound, requestId, at, clientIp } = exchange;
  const { rawHeaders } = inbound.req;
  const headers: [string, string][] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (!name.startsWith(':')) headers.push([name, rawHeaders[i + 1] ?? '']);
  }
  // HTTP/2 has the host in a field of its own; the rules look for the header.
  if (inbound.httpVersion === '2') headers.push(['host', inbound.authority]);
  return {
    id: requestId,
    at,
    clientIp,
    method: inbound.method,
    target: inbound.target,
    protocol: `HTTP/${inbound.httpVersion === '2' ? '2.0' : inbound.httpVersion}`,
    headers,
  };
}
