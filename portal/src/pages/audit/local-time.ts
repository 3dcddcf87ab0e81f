/** What a `datetime-local` field holds for an instant, to the second, in the reader's own time zone. */
export function toInput(time: number | undefined): string {
  if (time === undefined) return '';
  const local = new Date(time);
  const two = (part: number) => `${part}`.padStart(2, '0');
  const date = `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`;
  return `${date}T${two(local.getHours())}:${two(local.getMinutes())}:${two(local.getSeconds())}`;
}

const finished = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;

/** The instant a `datetime-local` field means; undefined while it is empty or unfinished. */
export function fromInput(value: string): number | undefined {
  const time = finished.test(value) ? new Date(value).getTime() : Number.NaN;
  return Number.isFinite(time) && time >= 0 ? time : undefined;
}
