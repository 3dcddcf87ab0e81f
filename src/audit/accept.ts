import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { NewEvent, SecurityEvent } from '../core/events.ts';
import type { NewId } from '../core/ids.ts';
import { isEventType } from '../core/ocsf.ts';
import { recordBytesMax } from './format.ts';
import type { Entry } from './pending.ts';

const outcomes = new Set(['success', 'failure', 'denied']);

/**
 * Turns what a room tells into a record: gives it an id and a time and serialises it once. Throws `core.invalid_input` for an
 * event that is not one, cannot be written as JSON, or is longer than a record may be; it is never cut to fit.
 */
export function toEntry(event: NewEvent, deps: { clock: Clock; newId: NewId }, waiter?: Entry['waiter']): Entry {
  const fault = faultOf(event);
  if (fault !== undefined) throw invalid(event, fault);
  const recorded: SecurityEvent = { ...event, id: deps.newId(), time: event.time ?? deps.clock.now() };
  const line = serialise(recorded);
  const bytes = Buffer.byteLength(line) + 1;
  if (bytes > recordBytesMax + 1)
    throw invalid(event, `it is ${bytes - 1} bytes long, at most ${recordBytesMax} are allowed`);
  return { event: recorded, line, bytes, ...(waiter === undefined ? {} : { waiter }) };
}

function faultOf(event: NewEvent): string | undefined {
  if (!isEventType(event.type)) return 'want a type listed in core/events.ts';
  if (!outcomes.has(event.outcome)) return 'outcome must be success, failure or denied';
  if (typeof event.action !== 'string' || event.action === '') return 'action must be a text';
  const { principal, time, resource } = event;
  if (typeof principal?.id !== 'string' || typeof principal.name !== 'string')
    return 'principal must have an id and a name';
  if (time !== undefined && !(Number.isSafeInteger(time) && time >= 0)) return 'time must be in whole milliseconds';
  if (resource !== undefined && (typeof resource.kind !== 'string' || typeof resource.id !== 'string')) {
    return 'resource must have a kind and an id';
  }
  if (typeof event.data !== 'object' || event.data === null) return 'data must be an object';
  return undefined;
}

function serialise(event: SecurityEvent): string {
  try {
    return JSON.stringify(event);
  } catch (error) {
    throw invalid(event, 'it cannot be written as JSON', error);
  }
}

function invalid(event: NewEvent, wanted: string, cause?: unknown): SallyportError {
  return new SallyportError('core.invalid_input', `Cannot record event "${event.type}": ${wanted}`, { cause });
}
