import type { Html } from './html.ts';
import { html } from './html.ts';

/** A labelled text field. `hint` is read with it. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  readonly autocomplete: string;
  readonly value?: string;
  readonly hint?: string;
  readonly isFirst?: boolean;
  readonly isWrong?: boolean;
  readonly maxLength?: number;
}

export function field(given: Field): Html {
  const { name, label, type, autocomplete, value, hint, isFirst, isWrong, maxLength = 254 } = given;
  return html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" maxlength="${maxLength}" required${
    value !== undefined && html` value="${value}"`
  }${type === 'email' && html` inputmode="email" autocapitalize="none" spellcheck="false"`}${
    isFirst && html` autofocus`
  }${isWrong && html` aria-invalid="true"`}${hint !== undefined && html` aria-describedby="${name}-hint"`}>
${hint !== undefined && html`<span class="hint" id="${name}-hint">${hint}</span>`}
</div>`;
}

/** An address that is settled already, shown for the person and for their password manager. */
export function knownAddress(email: string): Html {
  return html`<div class="field">
<label for="username">E-mail address</label>
<input id="username" type="email" autocomplete="username" value="${email}" readonly>
</div>`;
}

/** The field for six digits; with `orRecovery` a recovery code fits too, so the keyboard is not narrowed to digits. */
export function codeField(options: { orRecovery: boolean; isFirst: boolean; isWrong?: boolean; label?: string }): Html {
  return html`<div class="field">
<label for="code">${options.label ?? 'Code'}</label>
<input class="code" id="code" name="code" type="text" autocomplete="one-time-code" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="40" required${options.isFirst && html` autofocus`}${
    !options.orRecovery && html` inputmode="numeric" pattern="[0-9 ]{6,7}"`
  }${options.isWrong && html` aria-invalid="true"`}>
</div>`;
}

/** Says that it was tried too often, and for how long not to. */
export const tooOftenText = (waitMs: number): string => `Too many attempts. Try again in ${waitText(waitMs)}.`;

/** A wait in words: `3 minutes`. */
function waitText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
