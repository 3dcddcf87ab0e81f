const excerptCharsMax = 120;
const around = 20;
const attackCharsMax = 72;
const attackTailChars = 16;
const secretCharsMin = 20;

/**
 * The offending part of a text with up to 20 characters on each side, at most 120 characters: letters of the surroundings as `x`, digits as
 * `0`, long runs that may be a key cut to their first four characters, control characters as `\x00`.
 */
export function excerptOf(text: string, start: number, end: number): string {
  const from = Math.max(0, Math.min(start, text.length));
  const to = Math.max(from, Math.min(end, text.length));
  const before = veil(text.slice(Math.max(0, from - around), from));
  const after = veil(text.slice(to, to + around));
  const whole = before + maskSecrets(shorten(text.slice(from, to))) + after;
  return bound(printable(whole));
}

function shorten(attack: string): string {
  if (attack.length <= attackCharsMax) return attack;
  return `${attack.slice(0, attackCharsMax - attackTailChars - 1)}…${attack.slice(-attackTailChars)}`;
}

function veil(text: string): string {
  return text.replaceAll(/\p{L}/gu, 'x').replaceAll(/\p{Nd}/gu, '0');
}

/** A run of letters and digits mixed, as keys and tokens are; words and long numbers of an attack stay readable. */
function maskSecrets(attack: string): string {
  return attack.replaceAll(/[\w+/=-]+/g, run =>
    run.length >= secretCharsMin && /\d/.test(run) && /[a-z]/i.test(run) ? `${run.slice(0, 4)}***` : run,
  );
}

/** C0, DEL, C1, separators and direction marks: nothing that moves the cursor of a terminal or turns a line around. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, char => {
    const code = char.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

function bound(text: string): string {
  if (text.length <= excerptCharsMax) return text;
  // Not in the middle of a surrogate pair.
  return `${text.slice(0, excerptCharsMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
