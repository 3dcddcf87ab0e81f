/** Whether a command stands where only an injected one does: alone behind nothing, a number, a host, a file or a closed quote. */

import { commands } from './commands.ts';
import type { Launch } from './launch.ts';
import type { Segment } from './segment.ts';

const beforeMax = 64;
const textMax = 200;
/** What a parameter that becomes an argument holds: nothing, a number, an address, a host or file with its dot, a mail address. */
const value =
  /^(?:[-+]?\d{1,12}|\d{1,3}(?:\.\d{1,3}){3}|[\w-]{1,40}(?:\.[\w-]{1,24}){1,4}|[\w.+-]{1,40}@[\w.-]{1,60}|x|localhost)?['"`)\]}]{0,3}$/i;
const closing = /^(?:[\s;&|#'"`)\]}\0]{0,6}|\s{0,3}(?:#|--).{0,24})$/;

/** True for a command that is the rest of a short text, or is followed by one more command. */
export function isPlanted({ start, end }: Segment, launch: Launch, text: string): boolean {
  if (!isBehindValue(launch, text) || start < launch.at) return false;
  const rest = text.slice(end, end + 80);
  if (closing.test(rest)) return true;
  const next = /^\s{0,3}(?:;|\|{1,2}|&{1,2})\s{0,3}(?:@|\/)?([\w%$`(.-]{1,24})/.exec(rest)?.[1];
  return next !== undefined && (/^[%$`(]/.test(next) || commands.has(next.toLowerCase()));
}

const script =
  /^\s{0,4}(?:(?:\.|source)\s{1,3})?(?:\.{1,2}\/|~\/|\/(?:tmp|var\/tmp|dev\/shm)\/|\/dev\/(?=stdin|fd\/)|(?:\/[\w-]{1,24}){0,4}\/(?:s?bin|lib64|libexec)\/)[\w./-]{1,60}(?:\s[\w./-]{1,30}){0,2}(?:\s{0,3}<<<?\s{0,3}\S{1,60})?[\s;&|#'"`)]{0,4}$/;

const anyProgram =
  /^\s{0,4}(?:[a-z][\w.-]{1,23}\s{1,3}(?:--?[a-zA-Z]|(?:\d{1,3}\.){3}\d{1,3}\b|\/[a-z]{2,12}\/\w)|\\\\[\w.-]{4,60}\\[\w$]{1,30}\\)\S{0,60}(?:\s{1,3}\S{1,60}){0,5}\s{0,4}$/;
const nothing = /^(?:\d{1,9}|\d{1,3}(?:\.\d{1,3}){3}|localhost)?['"`)]{0,2}$/;

/** `;./x.sh`, `|/tmp/x 1`: a program of any name, by its folder or by an option, address or path behind it. */
export function isPlantedScript(launch: Launch, text: string): boolean {
  if (!isBehindValue(launch, text)) return false;
  const line = text.slice(launch.at, launch.at + 200);
  if (script.test(line)) return true;
  return nothing.test(text.slice(0, launch.from).trim()) && anyProgram.test(line);
}

function isBehindValue({ kind, from }: Launch, text: string): boolean {
  if (kind === 'start' || kind === 'line' || kind === 'tick' || text.length > textMax || from > beforeMax) return false;
  return value.test(text.slice(0, from).trim());
}
