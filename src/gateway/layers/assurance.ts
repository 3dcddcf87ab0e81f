import type { Assurance } from '../../core/assurance.ts';
import { assuranceOf, isAssured } from '../../core/assurance.ts';
import type { Clock } from '../../core/clock.ts';
import type { Permission } from '../../core/permissions.ts';
import type { Exchange, StepUp, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';
import { everyReading } from '../guard/client-certificates.ts';
import type { SiteSignIn } from '../sign-in-input.ts';

/** What all rules together want of one request. */
interface Wanted {
  readonly assurance: Assurance;
  readonly maxAgeMs: number | undefined;
  readonly refusesKeys: boolean;
}

type Rule = SiteSignIn['stepUp'][number] & { matches(path: string): boolean };
interface Rules {
  readonly site: Wanted;
  readonly rules: readonly Rule[];
}

/**
 * Holds the sign-in behind a session against what the site wants for this route or action (RFC 9470): how many factors, a passkey or not,
 * and how long ago. Whoever has too little is sent to prove more; an API key cannot, so it is refused unless every rule lets keys pass.
 */
export function createAssuranceLayer({ clock }: { readonly clock: Clock }) {
  const compiled = new WeakMap<SiteSignIn, Rules>();
  const rulesOf = (signIn: SiteSignIn): Rules => {
    let found = compiled.get(signIn);
    if (found === undefined) {
      found = compile(signIn);
      compiled.set(signIn, found);
    }
    return found;
  };

  return (exchange: Exchange): Verdict => {
    const { granted, signedIn, site } = exchange;
    // What is open to everybody, and signing in and out, want no sign-in.
    if (site === undefined || signedIn === undefined || granted === undefined) return next;
    if (granted.kind === 'open' || granted.kind === 'public') return next;
    const wanted = wantedOf(exchange, rulesOf(site.policy.signIn));
    if (wanted === undefined) return next;
    if (signedIn.apiKey !== undefined) return wanted.refusesKeys ? noKeys : next;
    const { authenticatedAt, methods } = signedIn.session;
    const ageMs = clock.now() - authenticatedAt;
    // A proof from the future (the clock went back) is not fresh either.
    const isFresh = wanted.maxAgeMs === undefined || (ageMs >= 0 && ageMs < wanted.maxAgeMs);
    if (isFresh && isAssured(assuranceOf(methods), wanted.assurance)) return next;
    return { kind: 'challenge', how: 'step_up', stepUp: stepUpOf(wanted) };
  };
}

const noKeys: Verdict = {
  kind: 'deny',
  code: 'gateway.forbidden',
  reason: 'an API key cannot prove again who it is, and the route wants that',
  type: 'forbidden',
  hint: 'A person must do this, signed in.',
};

function stepUpOf({ assurance, maxAgeMs }: Wanted): StepUp {
  return { acr: assurance, maxAgeS: maxAgeMs === undefined ? undefined : maxAgeMs / 1000 };
}

function compile(signIn: SiteSignIn): Rules {
  return {
    site: {
      assurance: signIn.mfa ? 'mfa' : 'sfa',
      maxAgeMs: signIn.maxAgeMinutes === null ? undefined : signIn.maxAgeMinutes * 60_000,
      refusesKeys: false,
    },
    rules: signIn.stepUp.map(rule => ({
      ...rule,
      matches: rule.path === null ? () => true : everyReading(rule.path),
    })),
  };
}

/** The strictest of everything that matches; undefined when nothing wants anything. */
function wantedOf(exchange: Exchange, { site, rules }: Rules): Wanted | undefined {
  let { assurance, maxAgeMs, refusesKeys } = site;
  for (const rule of rules) {
    if (!isMeant(exchange, rule)) continue;
    const own: Assurance = rule.phishingResistant ? 'phr' : rule.mfa ? 'mfa' : 'sfa';
    if (isAssured(own, assurance)) assurance = own;
    if (rule.maxAgeMinutes !== null) maxAgeMs = Math.min(maxAgeMs ?? Infinity, rule.maxAgeMinutes * 60_000);
    refusesKeys ||= rule.apiKeys === 'refuse';
  }
  if (assurance === 'sfa' && maxAgeMs === undefined) return undefined;
  return { assurance, maxAgeMs, refusesKeys };
}

function isMeant(exchange: Exchange, rule: Rule): boolean {
  const { method } = exchange.inbound;
  // A GET rule means what is read, and HEAD reads it too.
  const asked = method === 'HEAD' ? ['HEAD', 'GET'] : [method];
  const methods: readonly string[] = rule.methods;
  if (methods.length > 0 && !asked.some(one => methods.includes(one))) return false;
  if (rule.permission !== null && rule.permission !== permissionOf(exchange)) return false;
  return rule.matches(exchange.request?.path ?? '/');
}

function permissionOf(exchange: Exchange): Permission | undefined {
  const need = exchange.classification?.need;
  if (need?.kind === 'permission') return need.permission;
  return need?.kind === 'publishable' ? need.fallback : undefined;
}
