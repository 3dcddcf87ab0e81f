import { isSallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { Link } from '../../identity/identity.ts';
import { signInContext } from '../callers.ts';
import { displayName, email } from '../contract/schemas.ts';
import { dropCookie, linkCookie, readCookie, setCookie } from '../cookies.ts';
import type { Field } from './fields.ts';
import { field, knownAddress } from './fields.ts';
import { html } from './html.ts';
import { alert } from './layout.ts';
import { proceed } from './sign-in.ts';
import type { Form, House, PageApp, Visit } from './visit.ts';
import { formFields, paths, readForm, redirect, show, visitOf } from './visit.ts';

const linkMaxAgeS = 900;

/** One-time links: the first Owner, an invitation, a recovery. The token leaves the address at once, into a cookie. */
export function serveLink(app: PageApp, house: House): void {
  app.get(paths.link, async c => {
    const visit = visitOf(house, c);
    const token = visit.url.searchParams.get('token');
    if (token !== null) return hideToken(token);
    const link = await inspect(visit);
    return link === undefined ? await showUnusable(visit) : showLink(visit, link, { problems: [] });
  });
  app.post(paths.link, async c => answerLink(visitOf(house, c)));
}

function hideToken(token: string): Response {
  const isToken = /^[A-Za-z0-9_.~-]{16,512}$/.test(token);
  const response = redirect(paths.link, [isToken ? setCookie(linkCookie, token, linkMaxAgeS) : dropCookie(linkCookie)]);
  response.headers.set('referrer-policy', 'no-referrer');
  return response;
}

async function inspect(visit: Visit): Promise<(Link & { readonly token: Secret }) | undefined> {
  const cookie = readCookie(visit.request, linkCookie);
  if (cookie === undefined) return undefined;
  const token = new Secret(cookie);
  const link = await visit.deps.identity.inspectLink(token);
  return link && { ...link, token };
}

async function answerLink(visit: Visit): Promise<Response> {
  const form = await readForm(visit);
  const link = await inspect(visit);
  if (link === undefined) return showUnusable(visit);
  const isFirst = link.purpose === 'first_owner';
  const problems = findProblems(form, isFirst);
  const given = { email: form('email').trim().slice(0, 254), name: form('name').trim().slice(0, 120) };
  if (problems.length > 0) return showLink(visit, link, { problems, ...given });
  try {
    const input = { ...(isFirst ? given : {}), password: new Secret(form('password')) };
    const step = await visit.deps.identity.redeemLink(link.token, input, signInContext(visit.request, visit.control));
    return (await proceed(visit, step, undefined, [dropCookie(linkCookie)])) ?? (await showUnusable(visit));
  } catch (error) {
    if (isSallyportError(error, 'identity.password_refused')) {
      const message = error.detail ?? 'This password is not acceptable';
      return showLink(visit, link, { problems: [{ field: 'password', message }], ...given });
    }
    if (isSallyportError(error, 'identity.link_invalid')) return await showUnusable(visit);
    throw error;
  }
}

interface Problem {
  readonly field: string;
  readonly message: string;
}

function findProblems(form: Form, isFirst: boolean): Problem[] {
  const problems: Problem[] = [];
  if (isFirst && !email.safeParse(form('email').trim()).success) {
    problems.push({ field: 'email', message: 'Enter an e-mail address, such as ada@example.org' });
  }
  if (isFirst && !displayName.safeParse(form('name')).success) {
    problems.push({ field: 'name', message: 'Enter your name, at most 120 characters' });
  }
  if (form('password') === '') problems.push({ field: 'password', message: 'Enter a password' });
  else if (form('password') !== form('again')) problems.push({ field: 'again', message: 'The two passwords differ' });
  return problems;
}

const words = {
  first_owner: {
    title: 'Create the first Owner',
    lead: 'The Owner invites everybody else and decides what they may do. A second factor comes next: an authenticator app or a passkey.',
    label: 'Password',
    button: 'Create Owner',
  },
  invitation: {
    title: 'Welcome to Sallyport',
    lead: 'You were invited to work behind this gate. Choose a password to begin.',
    label: 'Password',
    button: 'Set password',
  },
  recovery: {
    title: 'Choose a new password',
    lead: 'Setting it ends all your other sessions.',
    label: 'New password',
    button: 'Set password',
  },
} as const;

function showLink(
  visit: Visit,
  link: Link,
  given: { problems: readonly Problem[]; email?: string; name?: string },
): Response {
  const { fields, cookies } = formFields(visit, undefined);
  const { title, lead, label, button } = words[link.purpose];
  const { problems } = given;
  const asksWho = link.purpose === 'first_owner';
  const focused = problems[0]?.field ?? (asksWho ? 'email' : 'password');
  const ask = (name: string, more: Omit<Field, 'name'>) =>
    field({ name, isFirst: name === focused, isWrong: problems.some(problem => problem.field === name), ...more });
  const hint = `Long beats complicated: a few words that only you would put together, ${link.passwordCharsMin} characters or more.`;
  const secret = { type: 'password', autocomplete: 'new-password', maxLength: 128 } as const;
  const who = asksWho
    ? [
        ask('email', { label: 'E-mail address', type: 'email', autocomplete: 'username', value: given.email ?? '' }),
        ask('name', { label: 'Name', type: 'text', autocomplete: 'name', value: given.name ?? '', maxLength: 120 }),
      ]
    : knownAddress(link.email ?? '');
  const content = html`
<p class="lead">${lead}</p>
${problems.length > 0 && alert('Something is not right yet:', problems)}
<form method="post" action="${paths.link}">
${fields}
${who}
${ask('password', { label, ...secret, hint })}
${ask('again', { label: 'Repeat the password', ...secret })}
<button>${button}</button>
</form>`;
  return show(visit, { title, content, cookies, ...(problems.length > 0 ? { status: 422 } : {}) });
}

async function showUnusable(visit: Visit): Promise<Response> {
  const hasOwner = (await visit.deps.identity.countOwners()) > 0;
  const advice = hasOwner
    ? html`
<p>If you used it yourself, your account is there: sign in. Otherwise ask whoever sent the link for a new one. An Owner who is locked out makes one on the machine that Sallyport runs on:</p>
<code class="secret">./bin/sallyport user link ${'<e-mail>'}</code>
<a class="button" href="${paths.signIn}">Go to sign-in</a>`
    : html`
<p>No Owner exists yet. Make a new link on the machine that Sallyport runs on, and open that:</p>
<code class="secret">./bin/sallyport owner-link</code>`;
  const content = html`
<p class="lead">A link works once and only for a while. This one was used, has expired, or was replaced by a newer one.</p>
${advice}`;
  return show(visit, { title: 'This link cannot be used', content, status: 410, cookies: [dropCookie(linkCookie)] });
}
