import { Secret } from '../../core/secret.ts';
import { findCaller, signInContext } from '../callers.ts';
import type { Destination } from '../return-to.ts';
import { codeField, field, knownAddress, waitText } from './fields.ts';
import { html } from './html.ts';
import { alert } from './layout.ts';
import type { House, PageApp, Visit } from './visit.ts';
import {
  destinationOf,
  formFields,
  onward,
  paths,
  readForm,
  redirect,
  show,
  signedInCookies,
  visitOf,
  withReturn,
} from './visit.ts';

/** A fresh proof before something sensitive on a page: password and code, then a new session id. */
export function serveReauthentication(app: PageApp, house: House): void {
  app.get(paths.reauthenticate, async c => {
    const visit = visitOf(house, c);
    const toward = await destinationOf(visit);
    const caller = await findCaller(house.deps, visit.request, visit.control);
    if (caller === undefined) return redirect(withReturn(paths.signIn, toward));
    return showForm(visit, toward, { hasCode: caller.user.factors.totp, email: caller.user.email });
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
    return showForm(visit, toward, {
      hasCode: caller.user.factors.totp,
      email: caller.user.email,
      isWrong: true,
      waitMs,
    });
  });
}

function showForm(
  visit: Visit,
  toward: Destination | undefined,
  given: { hasCode: boolean; email: string; isWrong?: boolean; waitMs?: number | undefined },
): Response {
  const { fields, cookies } = formFields(visit, toward);
  const { isWrong = false, waitMs } = given;
  const refusal =
    waitMs === undefined
      ? 'The password or the code is not right.'
      : `Too many attempts. Try again in ${waitText(waitMs)}.`;
  const content = html`
<p class="lead">The next step is sensitive, so an unlocked screen is not enough for it.</p>
${isWrong && alert(refusal)}
<form method="post" action="${paths.reauthenticate}">
${fields}
${knownAddress(given.email)}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', maxLength: 128, isFirst: true, isWrong })}
${given.hasCode && codeField({ orRecovery: true, isFirst: false, isWrong })}
<button>Confirm</button>
</form>`;
  return show(
    visit,
    { title: 'Confirm that it is you', content, cookies, ...(isWrong ? { status: 422 } : {}) },
    toward,
  );
}
