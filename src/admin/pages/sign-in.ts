import { Secret } from '../../core/secret.ts';
import type { SignInStep } from '../../identity/identity.ts';
import { findCaller, principalOf, signInContext } from '../callers.ts';
import { pendingCookie, readCookie, sessionCookie, setCookie } from '../cookies.ts';
import type { Destination } from '../return-to.ts';
import { codeField, field, tooOftenText } from './fields.ts';
import { html } from './html.ts';
import { alert, note } from './layout.ts';
import { pastNotices } from './notices.ts';
import { passkeyForm } from './passkey-form.ts';
import { providerButtons } from './sso-fields.ts';
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

/** Signing in: e-mail and password, then the code. Works without a script. */
export function serveSignIn(app: PageApp, house: House): void {
  app.get(paths.signIn, async c => {
    const visit = visitOf(house, c);
    const toward = await destinationOf(visit);
    if (await findCaller(house.deps, visit.request, visit.control)) return redirect(onward(visit, toward));
    const notice = notices.get(visit.url.searchParams.get('notice') ?? '');
    const hasOwner = (await house.deps.identity.countOwners()) > 0;
    return showSignIn(visit, toward, { notice: hasOwner ? notice : noOwner });
  });
  app.post(paths.signIn, async c => answerPassword(visitOf(house, c)));
  app.get(paths.code, async c => {
    const visit = visitOf(house, c);
    const toward = await destinationOf(visit);
    return pendingOf(visit) === undefined ? startOver(toward) : showCode(visit, toward, {});
  });
  app.post(paths.code, async c => answerCode(visitOf(house, c)));
}

const notices: ReadonlyMap<string, string> = new Map([
  ['expired', 'That took too long. Please begin again.'],
  ['session', 'Your session has ended. Please sign in again.'],
]);

const noOwner =
  'No Owner exists yet: open the one-time link printed in the terminal (or run ./bin/sallyport owner-link).';

/** The token of the sign-in that is under way in this browser. */
export function pendingOf(visit: Visit): Secret | undefined {
  const pending = readCookie(visit.request, pendingCookie);
  return pending === undefined ? undefined : new Secret(pending);
}

export function startOver(toward: Destination | undefined): Response {
  return redirect(withReturn(paths.signIn, toward, { notice: 'expired' }));
}

/** Goes on to what a step of a sign-in asks for; undefined when it was refused. */
export async function proceed(
  visit: Visit,
  step: SignInStep,
  toward: Destination | undefined,
  alsoCookies: readonly string[] = [],
): Promise<Response | undefined> {
  switch (step.state) {
    case 'signed_in':
      await endFormerSession(visit, step.session.id);
      return redirect(await pastNotices(visit, step.user.id, toward), [...signedInCookies(step.token), ...alsoCookies]);
    case 'factor_needed':
      return redirect(withReturn(paths.code, toward), [pending(step.pending), ...alsoCookies]);
    case 'enrolment_needed':
      return redirect(withReturn(paths.enrol, toward), [pending(step.pending), ...alsoCookies]);
    case 'refused':
      return undefined;
    default:
      return step satisfies never;
  }
}

const pending = (token: Secret) => setCookie(pendingCookie, token, pendingMaxAgeS);

/** A session that this browser had before is not left behind alive. */
export async function endFormerSession(visit: Visit, newSessionId: string): Promise<void> {
  const token = readCookie(visit.request, sessionCookie);
  if (token === undefined) return;
  const former = await findCaller(visit.deps, visit.request, visit.control);
  if (former === undefined || former.session.id === newSessionId) return;
  await visit.deps.identity.endSession(principalOf(former.user), former.session.id, 'replaced by a new sign-in');
}

async function answerPassword(visit: Visit): Promise<Response> {
  const { form, toward } = await readPosted(visit);
  const email = form('email').trim().slice(0, 254);
  const context = signInContext(visit.request, visit.control, toward);
  const step = await visit.deps.identity.signIn({ email, password: typedPassword(form) }, context);
  const next = await proceed(visit, step, toward);
  return next ?? showSignIn(visit, toward, { email, refused: refusalOf(step) });
}

async function answerCode(visit: Visit): Promise<Response> {
  const { form, toward } = await readPosted(visit);
  const token = pendingOf(visit);
  if (token === undefined) return startOver(toward);
  const code = typedCode(form);
  const step = await visit.deps.identity.answerTotp(
    { pending: token, code },
    signInContext(visit.request, visit.control, toward),
  );
  return (await proceed(visit, step, toward)) ?? showCode(visit, toward, { refused: refusalOf(step) });
}

interface Refusal {
  readonly retryAfterMs: number | undefined;
  /** What to say instead of the usual. */
  readonly text?: string;
  /** 422 where left out. */
  readonly status?: number;
}

function refusalOf(step: SignInStep): Refusal {
  return { retryAfterMs: step.state === 'refused' ? step.retryAfterMs : undefined };
}

/** The same status for every refusal, and 429 with the same wait for known and unknown people. */
function refusedStatus(refused: Refusal | undefined): { status?: number; headers?: Record<string, string> } {
  if (refused === undefined) return {};
  if (refused.retryAfterMs === undefined) return { status: refused.status ?? 422 };
  return { status: 429, headers: { 'retry-after': `${Math.ceil(refused.retryAfterMs / 1000)}` } };
}

function refusedText(refused: Refusal, otherwise: string): string {
  if (refused.retryAfterMs === undefined) return refused.text ?? otherwise;
  return tooOftenText(refused.retryAfterMs);
}

/** The page that asks who it is. */
export async function showSignIn(
  visit: Visit,
  toward: Destination | undefined,
  given: { email?: string; notice?: string | undefined; refused?: Refusal },
): Promise<Response> {
  const offered = await visit.deps.identity.signOn.offered();
  const hasDirectory = offered.some(provider => provider.kind === 'ldap');
  const { fields, cookies } = formFields(visit, toward);
  const hasPasskeys = visit.deps.identity.passkeys.isOffered;
  const { refused } = given;
  // What went wrong elsewhere is no fault of what is typed here.
  const isWrong = refused !== undefined && refused.text === undefined;
  const content = html`
${toward?.site !== undefined && html`<p class="lead">to go on to <strong>${toward.site.name}</strong></p>`}
${given.notice !== undefined && note(given.notice)}
${refused && alert(refusedText(refused, 'That did not work: the e-mail address or the password is not right.'))}
${providerButtons(offered, toward)}
<form method="post" action="${paths.signIn}">
${fields}
${field({
  name: 'email',
  label: hasDirectory ? 'E-mail address or login' : 'E-mail address',
  type: hasDirectory ? 'text' : 'email',
  autocomplete: 'username webauthn',
  value: given.email ?? '',
  isFirst: given.email === undefined,
  isWrong,
})}
${field({
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'current-password',
  maxLength: 128,
  isFirst: given.email !== undefined,
  isWrong,
})}
<button>Sign in</button>
</form>
${hasPasskeys && passkeyForm({ path: passkeyPaths.signIn, act: 'get', fields, label: 'Sign in with a passkey', isQuiet: true })}
<details><summary>Cannot sign in?</summary><p>Ask an Administrator for a recovery link: it lets you choose a new password. An Owner who is locked out gets one on the machine itself, with <code>./bin/sallyport user link</code>.</p></details>`;
  return show(visit, { title: 'Sign in', content, cookies, hasPasskeys, ...refusedStatus(refused) }, toward);
}

/** The page that asks for the second factor, whichever the person has. */
export async function showCode(
  visit: Visit,
  toward: Destination | undefined,
  given: { refused?: Refusal },
): Promise<Response> {
  const pending = pendingOf(visit);
  const look = pending && (await visit.deps.identity.inspectPending(pending));
  const { fields, cookies } = formFields(visit, toward);
  const { refused } = given;
  // A sign-in that is over looks like one with an app: only the answer says that it must begin again.
  const totp = look?.totp ?? true;
  const hasPasskeys = look?.passkey === true && visit.deps.identity.passkeys.isOffered;
  const codes = html`
<form method="post" action="${paths.code}">
${fields}
${codeField({ orRecovery: true, isFirst: totp, isWrong: refused !== undefined, ...(totp ? {} : { label: 'Recovery code' }) })}
<button${!totp && html` class="second"`}>Continue</button>
</form>`;
  const content = html`
${totp && html`<p class="lead">Open your authenticator app and enter the six digits it shows for Sallyport.</p>`}
${!totp && html`<p class="lead">Unlock your passkey to go on.</p>`}
${refused && alert(refusedText(refused, 'That code is not right. Each code counts once: wait for the next one.'))}
${totp && codes}
${hasPasskeys && passkeyForm({ path: passkeyPaths.code, act: 'get', fields, label: 'Use your passkey', isMain: !totp })}
${!totp && html`<details><summary>Passkey not at hand?</summary>${codes}</details>`}
<details><summary>No access to ${totp ? 'the app' : 'it'} at all?</summary><p>Enter one of your recovery codes instead. Each works once. Without them, an Administrator can take the lost factor away.</p></details>
<p class="after"><a href="${withReturn(paths.signIn, toward)}">Begin again</a></p>`;
  const title = totp ? 'Enter your code' : 'Use your passkey';
  return show(visit, { title, content, cookies, hasPasskeys, ...refusedStatus(refused) }, toward);
}
