/** Markup that is escaped by construction: the only ways to make one are the `html` tag and `svgPath`. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }

  /** Used by the `html` tag alone: the literal parts are the programmer's, the values were escaped. */
  static fromTemplate(literals: readonly string[], values: readonly HtmlValue[]): Html {
    let markup = literals[0] ?? '';
    for (const [index, value] of values.entries()) markup += print(value) + (literals[index + 1] ?? '');
    return new Html(markup);
  }
}

export type HtmlValue = Html | string | number | false | undefined | readonly HtmlValue[];

/** Every value is escaped for text and for a double-quoted attribute; `false` and `undefined` print nothing. */
export function html(literals: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return Html.fromTemplate(literals, values);
}

function print(value: HtmlValue): string {
  if (value === false || value === undefined) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'string' || typeof value === 'number') return escapeText(`${value}`);
  return value.map(print).join('');
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, character => escapes[character] ?? '');
}
