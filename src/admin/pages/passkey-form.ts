import type { Html } from './html.ts';
import { html } from './html.ts';

/** A form that the page's script shows and fills in; without it there is none. */
export function passkeyForm(given: {
  readonly path: string;
  /** Make a passkey or use one. */
  readonly act: 'create' | 'get';
  readonly fields: Html;
  readonly label: string;
  readonly isMain?: boolean;
  /** Whether the browser may offer passkeys in the field of the e-mail address too. */
  readonly isQuiet?: boolean;
  readonly more?: Html;
}): Html {
  const { path, act, fields, label, isMain = false, isQuiet = false, more } = given;
  return html`<form class="${more === undefined || isMain ? 'passkey' : 'passkey apart'}" method="post" action="${path}" data-passkey="${act}" data-options="${path}/options" data-quiet="${isQuiet ? 'yes' : 'no'}" hidden>
${fields}
<input type="hidden" name="response" value="">
${more}
<button${!isMain && html` class="second"`}>${label}</button>
<p class="hint" role="status" data-message></p>
</form>`;
}
