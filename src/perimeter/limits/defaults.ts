import type { LimitRule } from './rules.ts';

const minuteMs = 60_000;

/**
 * The limits of a gate nobody has set up. Figures an honest session was measured or reckoned to need stand at each rule.
 *
 * The class decides who counts where: opening the editor of n8n or Flowise asks for about 400 things at once, most of them files of the
 * portal that cost the gate little. So whoever is signed in is counted by who they are, not by their address (an office has one address for
 * all), and files apart from the rest. An invalid session is no identity: guessing cookies counts against the address.
 */
export const defaultLimits: readonly LimitRule[] = [
  // Everybody who is not signed in: scanners, guessers, and the few pages before the sign-in (about 30 requests). Webhooks have their own.
  {
    id: 'address',
    scope: 'address',
    limit: 1000,
    windowMs: 5 * minuteMs,
    appliesTo: ['sign_in', 'api', 'asset', 'other'],
    people: 'anonymous',
  },
  // A forgotten password takes five tries, a whole office behind one address on a Monday about fifteen sign-ins in five minutes.
  { id: 'sign-in', scope: 'address', limit: 20, windowMs: 5 * minuteMs, appliesTo: ['sign_in'] },
  // Platforms call back in bursts (a push of a repository, the orders of a shop) and from one address: ten a second, each hook for itself.
  { id: 'webhook', scope: 'address_route', limit: 600, windowMs: minuteMs, burst: 600, appliesTo: ['webhook'] },
  // A person in the editor saves, runs and polls about once a second, opening it makes about 60 calls of the API, and scripts of their own
  // work faster than they do: fifty a second is nobody at work.
  { id: 'api', scope: 'identity', limit: 3000, windowMs: minuteMs, burst: 3000, appliesTo: ['api'] },
  { id: 'api-key', scope: 'api_key', limit: 300, windowMs: minuteMs, appliesTo: ['api'] },
  { id: 'identity', scope: 'identity', limit: 30_000, windowMs: 5 * minuteMs, appliesTo: ['sign_in', 'api', 'other'] },
  // Opening the editor 75 times in five minutes with an empty cache.
  { id: 'files', scope: 'identity', limit: 30_000, windowMs: 5 * minuteMs, appliesTo: ['asset'] },
];
