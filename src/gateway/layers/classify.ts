import type { Exchange, Verdict } from '../exchange.ts';
import { next } from '../exchange.ts';

/** Asks the platform's table what the request does. Total: what no row matches needs the strictest role. */
export function classify(exchange: Exchange): Verdict {
  const { platform, request } = exchange;
  if (platform !== undefined && request !== undefined) exchange.classification = platform.classify(request);
  return next;
}
