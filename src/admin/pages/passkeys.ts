import { isSallyportError, SallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { Ceremony, SignInStep } from '../../identity/identity.ts';
import { findCaller, signInContext } from '../callers.ts';
import { formCookie, readCookie } from '../cookies.ts';
import { showEnrolment, showRecoveryCodes } from './enrol.ts';
import { acrOf, goOn, showReauthentication } from './reauthenticate.ts';
import { endFormerSession, pendingOf, proceed, showCode, showSignIn, startOver } from './sign-in.ts';
import type { House, PageApp, Posted, Visit } from './visit.ts';
import { passkeyPaths, paths, readForm, readPosted, redirect, signedInCookies, visitOf, withReturn } from './visit.ts';

/** Passkeys on the way in: options for the page's script, and the forms it fills in. */
export function servePasskeys(app: PageApp, house: House): void {
  offer(app, house, passkeyPaths.signIn, visit => house.deps.identity.passkeys.beginSignIn(browserOf(visit)));
  offer(app, house, passkeyPaths.code, visit => house.deps.identity.passkeys.beginSecond(demandPending(visit)));
  offer(app, house, passkeyPaths.enrol, visit => house.deps.identity.passkeys.beginEnrolment(demandPending(visit)));
  offer(app, house, passkeyPaths.reauthenticate, async visit => {
    const caller = await findCaller(house.deps, visit.request, visit.control);
    if (caller === undefined) throw new SallyportError('gateway.unauthenticated', 'Refused: no live session');
    return house.deps.identity.passkeys.beginProof(caller.session.id);
  });
  app.post(passkeyPaths.signIn, c => signIn(visitOf(house, c)));
  app.post(passkeyPaths.code, c => answerSecond(visitOf(house, c)));
  app.post(passkeyPaths.enrol, c => enrol(visitOf(house, c)));
  app.post(passkeyPaths.reauthenticate, c => prove(visitOf(house, c)));
}

/** Answers a page of ours only, by its form token. */
function offer(app: PageApp, house: House, path: string, begin: (visit: Visit) => Promise<Ceremony>): void {
  app.post(`${path}/options`, async c => {
    const visit = visitOf(house, c);
    await readForm(visit);
    return Response.json(await begin(visit), { headers: { 'cache-control': 'no-store' } });
  });
}

/** What ties the ceremony to this browser: `readForm` has checked that it sent the cookie. */
function browserOf(visit: Visit): Secret {
  return new Secret(readCookie(visit.request, formCookie) ?? '');
}

function demandPending(visit: Visit): Secret {
  const pending = pendingOf(visit);
  if (pending !== undefined) return pending;
  throw new SallyportError('identity.code_invalid', 'Refused: no sign-in is under way', {
    detail: 'No sign-in is under way. Begin again.',
  });
}

const refusal = (step: SignInStep) => ({
  retryAfterMs: step.state === 'refused' ? step.retryAfterMs : undefined,
  text: 'That passkey was not accepted. Try again, or sign in another way.',
});

interface Sent extends Posted {
  readonly answer: string;
}

async function readSent(visit: Visit): Promise<Sent> {
  const posted = await readPosted(visit);
  return { ...posted, answer: posted.form('response') };
}

async function signIn(visit: Visit): Promise<Response> {
  const { toward, answer } = await readSent(visit);
  const context = signInContext(visit.request, visit.control, toward);
  const step = await visit.deps.identity.passkeys.signIn({ browser: browserOf(visit), answer }, context);
  return (await proceed(visit, step, toward)) ?? showSignIn(visit, toward, { refused: refusal(step) });
}

async function answerSecond(visit: Visit): Promise<Response> {
  const { toward, answer } = await readSent(visit);
  const pending = pendingOf(visit);
  if (pending === undefined) return startOver(toward);
  const context = signInContext(visit.request, visit.control, toward);
  const step = await visit.deps.identity.passkeys.answerSecond({ pending, answer }, context);
  return (await proceed(visit, step, toward)) ?? showCode(visit, toward, { refused: refusal(step) });
}

async function enrol(visit: Visit): Promise<Response> {
  const { form, toward, answer } = await readSent(visit);
  const pending = pendingOf(visit);
  if (pending === undefined) return startOver(toward);
  const input = { pending, name: form('name').slice(0, 100), answer };
  try {
    const context = signInContext(visit.request, visit.control, toward);
    const { step, recoveryCodes } = await visit.deps.identity.passkeys.enrol(input, context);
    if (step.state !== 'signed_in' || recoveryCodes.length === 0) {
      return (await proceed(visit, step, toward)) ?? startOver(toward);
    }
    await endFormerSession(visit, step.session.id);
    return showRecoveryCodes(visit, toward, { recoveryCodes, cookies: signedInCookies(step.token) });
  } catch (error) {
    if (isSallyportError(error, 'identity.passkey_refused')) {
      return showEnrolment(visit, toward, { problem: error.detail ?? 'The passkey was not accepted.' });
    }
    if (isSallyportError(error, 'identity.code_invalid')) return startOver(toward);
    throw error;
  }
}

async function prove(visit: Visit): Promise<Response> {
  const { form, toward, answer } = await readSent(visit);
  const acr = acrOf(form('acr_values'));
  const caller = await findCaller(visit.deps, visit.request, visit.control);
  if (caller === undefined) return redirect(withReturn(paths.signIn, toward, { notice: 'session' }));
  const context = signInContext(visit.request, visit.control, toward);
  const step = await visit.deps.identity.passkeys.prove({ sessionId: caller.session.id, answer }, context);
  if (step.state === 'signed_in') return goOn(visit, toward, { step, acr });
  return showReauthentication(visit, toward, { user: caller.user, acr, problem: refusal(step).text });
}
