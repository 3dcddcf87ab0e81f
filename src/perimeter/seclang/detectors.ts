import { classBits } from '../waf/prefilter.ts';
import type { Detector } from '../waf/waf.ts';
import type { Detectors } from './run.ts';
import { toText } from './transaction.ts';

const windowChars = 32_768;
const overlapChars = 512;
/** A finding below this is a hint; the rules that ask want to know whether it is an attack. */
const pointsMin = 4;

/** Lets the firewall's own detectors answer `@detectSQLi` and `@detectXSS`. */
export function detectorsFrom(sql: Detector, xss: Detector): Detectors {
  return {
    isSqlInjection: text => finds(sql, text),
    isCrossSiteScripting: text => finds(xss, text),
  };
}

function finds(detector: Detector, bytes: string): boolean {
  const text = toText(bytes);
  for (let at = 0; at === 0 || at < text.length; at += windowChars - overlapChars) {
    if (findsIn(detector, text.slice(at, at + windowChars))) return true;
    if (at + windowChars >= text.length) return false;
  }
  return false;
}

function findsIn(detector: Detector, text: string): boolean {
  let chars = 0;
  for (let at = 0; at < text.length; at++) chars |= classBits[Math.min(text.charCodeAt(at), 0x80)] ?? 0;
  const lower = text.toLowerCase();
  if ((detector.chars & chars) === 0 && !detector.needles.some(needle => lower.includes(needle))) return false;
  let isFound = false;
  const place = { zone: 'query', name: '', part: 'value' } as const;
  detector.detect({ text, lower, place, paranoia: 1, chars, isUnwrapped: false }, id => {
    const rule = detector.rules.find(one => one.id === id);
    if (rule !== undefined && rule.paranoia === 1 && rule.points >= pointsMin) isFound = true;
  });
  return isFound;
}
