import type { Clock } from '../../core/clock.ts';
import type { Firewall, FirewallPolicy, Judgement, LeafSink, Zone } from '../../perimeter/perimeter.ts';
import type { Denial, Exchange, Verdict } from '../exchange.ts';
import { headerOf, next } from '../exchange.ts';
import { isGatePath } from '../gate-names.ts';
import type { BodyInspection } from '../proxy/body.ts';
import { both } from '../proxy/body.ts';
import type { PlaneMessage } from '../snapshot.ts';
import type { CoreRules } from './core-rules.ts';
import { createHeadSampler } from './head-sampler.ts';
import { matchedEvent, shieldEvent, toDenial, toShieldDenial } from './matched.ts';
import type { Before, RouteShields, ShieldHit } from './shields.ts';
import { plainOf } from './shields.ts';

/** The firewall as the gate asks it: about the head first, about the body when it is known who sends it and what it does. */
export interface SiteFirewall {
  judgeHead(exchange: Exchange): Verdict;
  /** Undefined where nobody wants to look. */
  openBody(exchange: Exchange): BodyInspection | undefined;
}

export interface SiteFirewallDeps {
  readonly clock: Clock;
  readonly firewall: Firewall;
  readonly coreRules: CoreRules;
  readonly tell: (message: PlaneMessage) => void;
}

/** Reads a body for its shields where the site has the firewall off: everything is let through unjudged. */
const readOnly: FirewallPolicy = { mode: 'shadow', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null };
const everything = () => true;
const pathAlone = (zone: Zone) => zone === 'path';

/**
 * Judges by the site's policy. Whoever may do an action may write code where the platform says that the action is for it; nobody else may,
 * and what is published to strangers is judged whole. Everything that was stopped or would have been is told with rule, place and excerpt.
 */
export function createSiteFirewall(deps: SiteFirewallDeps): SiteFirewall {
  const { clock, firewall, tell } = deps;
  const sample = createHeadSampler(deps);

  function settle(exchange: Exchange, phase: 'head' | 'body', judgement: Judgement): Denial | undefined {
    const { matches, problem, uninspectedBytes, verdict } = judgement;
    if (matches.length === 0 && problem === undefined && uninspectedBytes === undefined) return undefined;
    tell({ kind: 'event', event: matchedEvent(exchange, phase, judgement) });
    return verdict === 'block' ? toDenial(judgement) : undefined;
  }

  /** Told once for a request; in shadow mode it goes on. */
  function settleShield(exchange: Exchange, phase: 'head' | 'body', hit: ShieldHit): Denial | undefined {
    const mode = exchange.site?.policy.guard.shields;
    if (mode !== 'block' && mode !== 'shadow') return undefined;
    tell({ kind: 'event', event: shieldEvent(exchange, phase, { hit, isBlocked: mode === 'block' }) });
    return mode === 'block' ? toShieldDenial(hit) : undefined;
  }

  const contextOf = (exchange: Exchange, onLeaf: LeafSink['leaf'] | undefined) => ({
    endpoint: exchange.classification?.endpoint ?? 'unknown',
    nowMs: clock.now(),
    onLeaf,
  });

  return {
    judgeHead(exchange) {
      const { inbound, request, site } = exchange;
      // Judged by the gate's own strict parsers; its return addresses name the gate itself, which looks like an attack elsewhere.
      if (site === undefined || request === undefined || isGatePath(request.path)) return next;
      sample(exchange);
      const shields = shieldsOn(exchange);
      const watch = shields === undefined ? undefined : watchLeaves(shields);
      const early = shields?.judgeHead(exchange);
      if (early !== undefined) {
        const denial = settleShield(exchange, 'head', early);
        if (denial !== undefined) return denial;
      }
      const byRules = deps.coreRules.judgeHead(exchange);
      if (byRules !== undefined) return byRules;
      const policy = site.firewall.mode === 'off' && watch !== undefined ? readOnly : site.firewall;
      if (policy.mode === 'off') return next;
      const head = { method: inbound.method, path: request.path, query: request.query, headers: inbound.req.headers };
      const context = contextOf(exchange, watch?.onLeaf);
      const judgement = firewall.inspectHead(
        head,
        policy,
        policy === readOnly
          ? { ...context, authored: everything }
          : isPathOfTable(exchange)
            ? { ...context, authored: pathAlone }
            : context,
      );
      if (watch?.hit !== undefined) {
        const denial = settleShield(exchange, 'head', watch.hit);
        if (denial !== undefined) return denial;
      }
      return (policy === readOnly ? undefined : settle(exchange, 'head', judgement)) ?? next;
    },

    openBody: exchange => both(openOwn(exchange), deps.coreRules.openBody(exchange)),
  };

  function openOwn(exchange: Exchange): BodyInspection | undefined {
    const { classification, granted, inbound, site } = exchange;
    if (site === undefined) return undefined;
    const shields = shieldsOn(exchange);
    const isOff = site.firewall.mode === 'off';
    if (isOff && shields === undefined) return undefined;
    const watch = shields === undefined ? undefined : watchLeaves(shields);
    const authored = isOff
      ? everything
      : granted?.kind === 'permission' && classification !== undefined
        ? site.authored(classification.action)
        : undefined;
    const start = {
      method: inbound.method,
      contentType: headerOf(exchange, 'content-type'),
      contentEncoding: headerOf(exchange, 'content-encoding'),
    };
    const body = firewall.openBody(start, isOff ? readOnly : site.firewall, {
      ...contextOf(exchange, watch?.onLeaf),
      authored,
    });
    const shielded = (): Denial | undefined => {
      const hit = watch?.hit;
      if (watch === undefined || hit === undefined || watch.isTold) return undefined;
      watch.isTold = true;
      return settleShield(exchange, 'body', hit);
    };
    return {
      feed(chunk) {
        const judgement = body.feed(chunk);
        return shielded() ?? (judgement === undefined ? undefined : settle(exchange, 'body', judgement));
      },
      end() {
        const judgement = body.end();
        return shielded() ?? (isOff ? undefined : settle(exchange, 'body', judgement));
      },
      *endInSteps() {
        const judgement = yield* body.endInSteps();
        return shielded() ?? (isOff ? undefined : settle(exchange, 'body', judgement));
      },
    };
  }
}

/** A path that the platform's table has word for word is no attack, whatever it is called (`/types/credentials.json`). */
function isPathOfTable({ classification }: Exchange): boolean {
  const endpoint = classification?.endpoint ?? 'unknown';
  return endpoint !== 'unknown' && !endpoint.includes(':') && !endpoint.includes('*');
}

const shieldsOn = (exchange: Exchange): RouteShields | undefined =>
  exchange.site?.policy.guard.shields === 'off' ? undefined : exchange.site?.shields.on(exchange);

interface Watch {
  readonly onLeaf: LeafSink['leaf'];
  hit: ShieldHit | undefined;
  isTold: boolean;
}

/** More than the longest text that a shield looks for. */
const tailChars = 128;

/** Shows every name and value to the shields until one matches; what blanks have pulled apart over two windows is shown together. */
function watchLeaves(shields: RouteShields): Watch {
  let before: (Before & { readonly name: string }) | undefined;
  const watch: Watch = {
    onLeaf(place, text, isPartial = false) {
      if (watch.hit !== undefined) return;
      const known = before?.name === place.name ? before : undefined;
      watch.hit = shields.judgeLeaf(place, text, known);
      if (!isPartial) {
        before = undefined;
        return;
      }
      const plain = plainOf(text);
      const start = known?.start ?? plain.slice(0, tailChars);
      before = { name: place.name, start, end: ((known?.end ?? '') + plain).slice(-tailChars) };
    },
    hit: undefined,
    isTold: false,
  };
  return watch;
}
