import type { Assurance } from '../../core/assurance.ts';
import { assuranceOf, assurances, isAssured } from '../../core/assurance.ts';
import type { SignInStep, User } from '../../identity/identity.ts';
import { findCaller, signInContext } from '../callers.ts';
import { pendingCookie, setCookie } from '../cookies.ts';
import type { Destination } from '../return-to.ts';
import { codeField, field, knownAddress, tooOftenText } from './fields.ts';
import { html } from './html.ts';
import { alert } from './layout.ts';
import { passkeyForm } from './passkey-form.ts';
import { proofsElsewhere } from './sso-fields.ts';
import type { House, PageApp, Visit } from './visit.ts';
import {
  destinationOf,
  formFields,
  onward,
  passkeyPaths,
  paths,
  pendingMaxAgeS,
  readPosted,
  redirect,
  show,
  signedInCookies,
  typedCode,
  typedPassword,
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
    return showReauthentication(visit, toward, {
      user: caller.user,
      acr: acrOf(visit.url.searchParams.get('acr_values')),
    });
  });
  app.post(paths.reauthenticate, async c => {
    const visit = visitOf(house, c);
    const { form, toward } = await readPosted(visit);
    const caller = await findCaller(house.deps, visit.request, visit.control);
    if (caller === undefined) return redirect(withReturn(paths.signIn, toward, { notice: 'session' }));
    const code = typedCode(form);
    const step = await house.deps.identity.reauthenticate(
      { sessionId: caller.session.id, password: typedPassword(form), ...(code === '' ? {} : { code }) },
      signInContext(visit.request, visit.control, toward),
    );
    const acr = acrOf(form('acr_values'));
    if (step.state === 'signed_in') return goOn(visit, toward, { step, acr });
    const waitMs = step.state === 'refused' ? step.retryAfterMs : undefined;
    const problem = waitMs === undefined ? 'The password or the code is not right.' : tooOftenText(waitMs);
    return showReauthentication(visit, toward, { user: caller.user, acr, problem, isWrong: true });
  });
}

/** How sure the place one wants to go to must be; what is not known asks for nothing more. */
export function acrOf(text: string | null): Assurance {
  return assurances.find(one => one === text) ?? 'sfa';
}

/** On to where they wanted; first to enrol what the place wants and the person has not. */
export async function goOn(
  visit: Visit,
  toward: Destination | undefined,
  proof: { step: Extract<SignInStep, { state: 'signed_in' }>; acr: Assurance },
): Promise<Response> {
  const { session, token } = proof.step;
  if (isAssured(assuranceOf(session.methods), proof.acr)) {
    return redirect(onward(visit, toward), signedInCookies(token));
  }
  const context = signInContext(visit.request, visit.control, toward);
  const pending = await visit.deps.identity.beginFurtherEnrolment(session.id, context);
  return redirect(withReturn(paths.enrol, toward), [
    ...signedInCookies(token),
    setCookie(pendingCookie, pending, pendingMaxAgeS),
  ]);
}

const wants: Readonly<Record<Assurance, string | undefined>> = {
  sfa: undefined,
  mfa: 'Where you are going wants a second factor.',
  phr: 'Where you are going wants a passkey.',
};

/** The form for what this person can prove. */
export async function showReauthentication(
  visit: Visit,
  toward: Destination | undefined,
  given: { user: User; acr: Assurance; problem?: string; isWrong?: boolean },
): Promise<Response> {
  const { fields: shared, cookies } = formFields(visit, toward);
  const { acr, user, problem, isWrong = false } = given;
  const fields = html`${shared}<input type="hidden" name="acr_values" value="${acr}">`;
  const { totp, passkeys } = user.factors;
  const hasPasskeys = passkeys > 0 && visit.deps.identity.passkeys.isOffered;
  const elsewhere = await proofsElsewhere(visit, user, toward);
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
${wants[acr] !== undefined && html`<p>${wants[acr]}</p>`}
${problem !== undefined && alert(problem)}
${hasPasskeys && passkeyForm({ path: passkeyPaths.reauthenticate, act: 'get', fields, label: 'Confirm with your passkey', isMain: true })}
${elsewhere.buttons}
${(user.hasPassword || elsewhere.hasDirectory) && typed}`;
  const status = problem === undefined ? {} : { status: 422 };
  return show(visit, { title: 'Confirm that it is you', content, cookies, hasPasskeys, ...status }, toward);
}
