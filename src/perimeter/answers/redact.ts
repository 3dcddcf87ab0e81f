const open = '[redacted';

/**
 * Overwrites `[start, end)` in place with as many bytes, so that lengths that were announced stay true: `[redacted----]`, or asterisks where
 * that does not fit. A bare number in JSON becomes `null` with spaces: the document stays one.
 */
export function redact(bytes: Buffer, start: number, end: number): void {
  const length = end - start;
  bytes.write(isBareNumber(bytes, start, end) ? 'null'.padEnd(length) : fitting(length), start, length, 'latin1');
}

function fitting(length: number): string {
  if (length <= open.length) return '*'.repeat(length);
  return `${open.padEnd(length - 1, '-')}]`;
}

/** Digits only, between what stands around a value in JSON. */
function isBareNumber(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 4) return false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return isOneOf(nearest(bytes, start - 1, -1), ':,[') && isOneOf(nearest(bytes, end, 1), ',]}');
}

function nearest(bytes: Buffer, from: number, step: 1 | -1): number {
  let at = from;
  for (let steps = 0; steps < 16 && bytes[at] !== undefined && ' \n\r\t'.includes(charOf(bytes[at])); steps++)
    at += step;
  return bytes[at] ?? 0;
}

const charOf = (byte: number | undefined): string => String.fromCharCode(byte ?? 0);
const isOneOf = (byte: number, chars: string): boolean => chars.includes(charOf(byte));
