import { Secret } from '../../core/secret.ts';
import type { User } from '../../identity/identity.ts';
import { findCaller, signInContext } from '../callers.ts';
import type { Destination } from '../return-to.ts';
import { codeField, field, knownAddress, waitText } from './fields.ts';
import { html } from './html.ts';
import { alert } from './layout.ts';
import { passkeyForm } from './passkey-form.ts';
import type { House, PageApp, Visit } from './visit.ts';
import {
  destinationOf,
  formFields,
  onward,
  passkeyPaths,
  paths,
  readForm,
  redirect,
  show,
  signedInCookies,
  visitOf,
  withReturn,
} from './visit.ts';

/** A fresh proof before something sensitive: passkey, or password and code; then a new session id. */
export function serveReauthentication(app: PageApp, house: House): void {
  app.get(paths.reauthenticate, async c => {
    const visit = visitOf(house, c);
    const toward = await destinationOf(visit);
    const caller = await findCaller(house.deps, visit.request, visit.control);
    if (caller === undefined) return redirect(withReturn(paths.signIn, toward));
    return showReauthentication(visit, toward, { user: caller.user });
  });
  app.post(paths.reauthenticate, async c => {
    const visit = visitOf(house, c);
    const form = await readForm(visit);
    const toward = await destinationOf(visit, form('return_to'));
    const caller = await findCaller(house.deps, visit.request, visit.control);
    if (caller === undefined) return redirect(withReturn(paths.signIn, toward, { notice: 'session' }));
    const code = form('code').trim().slice(0, 40);
    const step = await house.deps.identity.reauthenticate(
      {
        sessionId: caller.session.id,
        password: new Secret(form('password').slice(0, 1024)),
        ...(code === '' ? {} : { code }),
      },
      signInContext(visit.request, visit.control, toward),
    );
    if (step.state === 'signed_in') return redirect(onward(visit, toward), signedInCookies(step.token));
    const waitMs = step.state === 'refused' ? step.retryAfterMs : undefined;
    const problem =
      waitMs === undefined
        ? 'The password or the code is not right.'
        : `Too many attempts. Try again in ${waitText(waitMs)}.`;
    return showReauthentication(visit, toward, { user: caller.user, problem, isWrong: true });
  });
}

/** The form for what this person can prove. */
export function showReauthentication(
  visit: Visit,
  toward: Destination | undefined,
  given: { user: User; problem?: string; isWrong?: boolean },
): Response {
  const { fields, cookies } = formFields(visit, toward);
  const { user, problem, isWrong = false } = given;
  const { totp, passkeys } = user.factors;
  const hasPasskeys = passkeys > 0 && visit.deps.identity.passkeys.isOffered;
  const typed = html`
<form method="post" action="${paths.reauthenticate}">
${fields}
${knownAddress(user.email)}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', maxLength: 128, isFirst: !hasPasskeys, isWrong })}
${(totp || passkeys > 0) && codeField({ orRecovery: true, isFirst: false, isWrong, ...(totp ? {} : { label: 'Recovery code' }) })}
<button${hasPasskeys && html` class="second"`}>Confirm</button>
</form>`;
  const content = html`
<p class="lead">The next step is sensitive, so an unlocked screen is not enough for it.</p>
${problem !== undefined && alert(problem)}
${hasPasskeys && passkeyForm({ path: passkeyPaths.reauthenticate, act: 'get', fields, label: 'Confirm with your passkey', isMain: true })}
${user.hasPassword && typed}`;
  const status = problem === undefined ? {} : { status: 422 };
  return show(visit, { title: 'Confirm that it is you', content, cookies, hasPasskeys, ...status }, toward);
}
