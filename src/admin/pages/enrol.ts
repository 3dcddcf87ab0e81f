import { isSallyportError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { signInContext } from '../callers.ts';
import type { Destination } from '../return-to.ts';
import { codeField } from './fields.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { alert } from './layout.ts';
import { passkeyForm } from './passkey-form.ts';
import { drawQr } from './qr.ts';
import { endFormerSession, pendingOf, proceed, startOver } from './sign-in.ts';
import type { House, PageApp, Visit } from './visit.ts';
import { destinationOf, formFields, passkeyPaths, paths, readPosted, show, signedInCookies, visitOf } from './visit.ts';

/** Enrolling an authenticator app on the way in, then the recovery codes, shown this once. */
export function serveEnrolment(app: PageApp, house: House): void {
  app.get(paths.enrol, async c => {
    const visit = visitOf(house, c);
    return showEnrolment(visit, await destinationOf(visit), {});
  });
  app.post(paths.enrol, async c => confirm(visitOf(house, c)));
}

async function confirm(visit: Visit): Promise<Response> {
  const { form, toward } = await readPosted(visit);
  const pending = pendingOf(visit);
  if (pending === undefined) return startOver(toward);
  const code = form('code').replaceAll(' ', '').slice(0, 40);
  try {
    const context = signInContext(visit.request, visit.control, toward);
    const { step, recoveryCodes } = await visit.deps.identity.confirmEnrolment({ pending, code }, context);
    if (step.state !== 'signed_in') return (await proceed(visit, step, toward)) ?? startOver(toward);
    await endFormerSession(visit, step.session.id);
    return showRecoveryCodes(visit, toward, { recoveryCodes, cookies: signedInCookies(step.token) });
  } catch (error) {
    if (isSallyportError(error, 'identity.code_invalid')) return showEnrolment(visit, toward, { isWrong: true });
    throw error;
  }
}

/** The page that offers both factors; only a passkey where no other will do. */
export async function showEnrolment(
  visit: Visit,
  toward: Destination | undefined,
  given: { isWrong?: boolean; problem?: string },
): Promise<Response> {
  const pending = pendingOf(visit);
  const look = pending && (await visit.deps.identity.inspectPending(pending));
  if (pending === undefined || look?.stage !== 'enrolment') return startOver(toward);
  const { fields, cookies } = formFields(visit, toward);
  const hasPasskeys = look.passkey && visit.deps.identity.passkeys.isOffered;
  const app = look.totp ? await appForm(visit, pending, { fields, isWrong: given.isWrong === true }) : undefined;
  if (look.totp && app === undefined) return startOver(toward);
  const content = html`
<p class="lead">A second factor keeps your account yours when the password gets out.${!look.totp && ' For you it is a passkey.'}</p>
${given.problem !== undefined && alert(given.problem)}
${!look.totp && needsScript}
${app}
${hasPasskeys && passkeyChoice(fields, look.totp)}`;
  const status = given.isWrong || given.problem !== undefined ? { status: 422 } : {};
  const title = look.totp ? 'Set up your second factor' : 'Set up your passkey';
  return show(visit, { title, content, cookies, hasPasskeys, ...status }, toward);
}

function passkeyChoice(fields: Html, isChoice: boolean): Html {
  const more = html`<div class="field"><label for="name">Name of the passkey</label>
<input id="name" name="name" type="text" maxlength="60" value="My passkey" autocomplete="off"><span class="hint">Kept by your phone, computer, security key or password manager. It works without a password too.</span></div>`;
  return passkeyForm({
    path: passkeyPaths.enrol,
    act: 'create',
    fields,
    label: isChoice ? 'Use a passkey instead' : 'Make a passkey',
    isMain: !isChoice,
    more,
  });
}

const needsScript = html`<noscript><p>Passkeys need JavaScript. Switch it on for this address, and reload the page.</p></noscript>`;

async function appForm(
  visit: Visit,
  pending: Secret,
  given: { fields: Html; isWrong: boolean },
): Promise<Html | undefined> {
  const enrolment = await visit.deps.identity.beginEnrolment(pending).catch((error: unknown) => {
    // The sign-in under way has expired, or was used.
    if (isSallyportError(error, 'identity.code_invalid')) return undefined;
    throw error;
  });
  if (enrolment === undefined) return undefined;
  return html`
<p>Scan this with an authenticator app, such as Aegis, 1Password or Google Authenticator.</p>
${given.isWrong && alert('That code is not right. Check that the clock of your device is right, then enter the code that the app shows now.')}
${drawQr(enrolment.uri.reveal())}
<div class="field"><span class="label">Or enter this key by hand</span><code class="secret">${inFours(enrolment.secret.reveal())}</code></div>
<form method="post" action="${paths.enrol}">
${given.fields}
${codeField({ orRecovery: false, isFirst: true, isWrong: given.isWrong, label: 'Six digits the app shows' })}
<button>Confirm</button>
</form>`;
}

/** The recovery codes, shown this once, to somebody who is signed in now. */
export function showRecoveryCodes(
  visit: Visit,
  toward: Destination | undefined,
  given: { recoveryCodes: readonly Secret[]; cookies: string[] },
): Response {
  const content = html`
<p class="lead">Each of these codes lets you in once if the app or passkey is lost. They are not shown again: print them or keep them in a password manager.</p>
<p class="for-paper">Recovery codes for ${new URL(visit.control.origin).host}. Each works once. Keep this sheet where only you can reach it.</p>
<ul class="codes" aria-label="Recovery codes">${given.recoveryCodes.map(code => html`<li>${code.reveal()}</li>`)}</ul>
<p class="hint for-screen">One click selects all of them.</p>
<form method="get" action="${paths.signIn}">
${toward !== undefined && html`<input type="hidden" name="return_to" value="${toward.url.href}">`}
<label class="check"><input type="checkbox" required><span>I have stored them in a safe place</span></label>
<button>Continue</button>
</form>`;
  return show(visit, { title: 'Keep your recovery codes', content, cookies: given.cookies }, toward);
}

function inFours(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? secret;
}
