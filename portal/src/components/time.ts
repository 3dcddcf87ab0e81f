const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A time relative to now in the fewest words: `just now`, `4 min ago`, `in 2 h`; a date beyond a week. */
export function relativeTime(time: number, now: number): string {
  const distance = Math.abs(now - time);
  const said = (text: string) => (time <= now ? `${text} ago` : `in ${text}`);
  if (distance < 45_000) return time <= now ? 'just now' : 'in a moment';
  if (distance < 59.5 * minuteMs) return said(`${Math.max(1, Math.round(distance / minuteMs))} min`);
  if (distance < 23.5 * hourMs) return said(`${Math.round(distance / hourMs)} h`);
  if (distance < 7 * dayMs) return said(plural(Math.round(distance / dayMs), 'day'));
  return shortDate(time);
}

/** `22 Nov 2026`, in the reader's own time zone. */
export function shortDate(time: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(time);
}

/** `22 Nov, 04:13:08`: what a row of a log needs. */
export function logTime(time: number): string {
  const format: Intl.DateTimeFormatOptions = { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit' };
  return new Intl.DateTimeFormat('en-GB', { ...format, second: '2-digit', hourCycle: 'h23' }).format(time);
}

/** Everything there is to know of an instant: local time with zone, and UTC to the millisecond. */
export function exactTime(time: number): string {
  const local = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' }).format(time);
  return `${local} · ${new Date(time).toISOString()}`;
}

/** A span in at most two units: `850 ms`, `12.4 s`, `3 min 5 s`, `2 days 4 h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < minuteMs) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < hourMs) return pair([Math.floor(ms / minuteMs), 'min'], [Math.floor((ms % minuteMs) / 1000), 's']);
  if (ms < dayMs) return pair([Math.floor(ms / hourMs), 'h'], [Math.floor((ms % hourMs) / minuteMs), 'min']);
  const days = Math.floor(ms / dayMs);
  const hours = Math.floor((ms % dayMs) / hourMs);
  return hours === 0 ? plural(days, 'day') : `${plural(days, 'day')} ${hours} h`;
}

/** `1 site`, `2 sites`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? noun : many}`;
}

function pair(first: [number, string], second: [number, string]): string {
  return second[0] === 0 ? first.join(' ') : `${first.join(' ')} ${second.join(' ')}`;
}
