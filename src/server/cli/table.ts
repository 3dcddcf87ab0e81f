/** Left-aligned columns; empty for no rows. Control characters in values are shown, not obeyed. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const clean = rows.map(row => row.map(cell => printable(cell)));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...clean.map(row => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[line(headings), ...clean.map(line)].join('\n')}\n`;
}

/**
 * The text with everything made visible that a terminal would obey, or that would show it in another order: C0 and C1 controls, line
 * separators, directional marks. The escapes are those of JSON, so that JSON stays JSON. `except` leaves line breaks and tabs.
 */
export function printable(text: string, except: '' | '\n\t' = ''): string {
  // Control characters are exactly what is looked for here.
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g, character =>
    except.includes(character) && except !== ''
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `2026-11-22 04:10:07` in local time. */
export function printTime(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
