import type { Dispatch, OfferedProvider, SignInReport, User } from '../../identity/identity.ts';
import type { Destination } from '../return-to.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { alert, note } from './layout.ts';
import type { Visit } from './visit.ts';
import { paths, redirect, show, withReturn } from './visit.ts';

/** Where a sign-in at a provider begins. */
export function startPath(slug: string, toward: Destination | undefined, extra: Record<string, string> = {}): string {
  return withReturn(`${paths.sso}/${encodeURIComponent(slug)}/start`, toward, extra);
}

/** Providers that people are sent to, as buttons; nothing where there is none. Directories are asked by the ordinary form. */
export function providerButtons(offered: readonly OfferedProvider[], toward: Destination | undefined): Html | false {
  const browsed = offered.filter(provider => provider.kind !== 'ldap');
  if (browsed.length === 0) return false;
  return html`<nav class="providers" aria-label="Sign in with">${browsed.map(
    provider => html`
<a class="button second" href="${startPath(provider.slug, toward)}">Continue with ${provider.name}</a>`,
  )}
</nav>
<p class="or">or with your password</p>`;
}

/** How a person without a password here proves again who they are. */
export async function proofsElsewhere(
  visit: Visit,
  user: User,
  toward: Destination | undefined,
): Promise<{ buttons: Html | false; hasDirectory: boolean }> {
  const { signOn } = visit.deps.identity;
  const [links, offered] = await Promise.all([signOn.linksOf(user.id), signOn.offered()]);
  const mine = offered.filter(provider => links.some(link => link.providerId === provider.id));
  const browsed = mine.filter(provider => provider.kind !== 'ldap');
  const buttons =
    browsed.length > 0 &&
    html`<nav class="providers" aria-label="Confirm with">${browsed.map(
      provider => html`
<a class="button" href="${startPath(provider.slug, toward, { purpose: 'reauthenticate' })}">Confirm with ${provider.name}</a>`,
    )}
</nav>`;
  return { buttons, hasDirectory: mine.length > browsed.length };
}

/** Sends the browser on: by a redirect, or by a form that sends itself and has a button where no script runs. */
export function send(visit: Visit, dispatch: Dispatch, cookies: readonly string[]): Response {
  if (dispatch.kind === 'redirect') return redirect(dispatch.url, cookies);
  const content = html`
<p class="lead">You are on your way to <strong>${new URL(dispatch.url).host}</strong>.</p>
${onwardForm(dispatch, 'Continue')}`;
  return show(visit, { title: 'One moment', content, cookies, submitsTo: new URL(dispatch.url).origin });
}

function onwardForm(dispatch: Extract<Dispatch, { kind: 'post' }>, label: string): Html {
  return html`<form method="post" action="${dispatch.url}" data-onward>
${Object.entries(dispatch.fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button>${label}</button>
</form>`;
}

/** Signed out here; there the person may still be signed in, and comes back in without being asked. */
export function showLogoutOffer(visit: Visit, dispatch: Dispatch, cookies: readonly string[]): Response {
  const label = 'Sign out there too';
  const onward =
    dispatch.kind === 'redirect'
      ? html`<a class="button" href="${dispatch.url}" rel="noreferrer">${label}</a>`
      : onwardForm(dispatch, label);
  const content = html`
<p class="lead">Your session has ended here. You signed in through another service, <strong>${new URL(dispatch.url).host}</strong>, and may still be signed in there.</p>
${onward}
<a class="button second" href="${visit.config.portalOrigin}${paths.signIn}">Sign in again</a>`;
  // No script: whether to go on is asked.
  const headers: Record<string, string> =
    dispatch.kind === 'post'
      ? {
          'content-security-policy': `default-src 'none'; style-src 'self'; img-src 'self' data:; form-action https: ${new URL(dispatch.url).origin}; frame-ancestors 'none'; base-uri 'none'`,
        }
      : {};
  return show(visit, { title: 'You are signed out here', content, cookies, headers });
}

/** What a test sign-in came to. */
export function showReport(visit: Visit, provider: string, report: SignInReport): Response {
  const { account, groups, identity, steps } = report;
  const becomes = {
    known: html`comes in as <strong>${account.email ?? ''}</strong>`,
    linked: html`takes over the account <strong>${account.email ?? ''}</strong>`,
    new: html`gets a new account, <strong>${account.email ?? ''}</strong>`,
    refused: html`is refused`,
  }[account.kind];
  const facts: readonly (readonly [string, string])[] =
    identity === null
      ? []
      : [
          ['Subject', identity.subject],
          ['E-mail address', identity.email === null ? 'none' : identity.email],
          ['Address vouched for', identity.isEmailVerified ? 'yes' : 'no'],
          ['Name', identity.name ?? 'none'],
          ['Second factor there', identity.isMfa ? 'yes' : 'not said'],
          [
            'Proved there',
            identity.authenticatedAt === null ? 'not said' : new Date(identity.authenticatedAt).toISOString(),
          ],
        ];
  const row = (name: string, value: string | Html) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const content = html`
${account.kind === 'refused' ? alert(account.reason ?? 'The provider did not vouch for anybody.') : note('The provider vouched.')}
<p class="lead">This was a test: nobody was signed in, and nothing was made.</p>
<dl class="list">
${steps.map(step => row(step.name, step.ok ? (step.detail === '' ? 'done' : step.detail) : `failed: ${step.detail}`))}
${facts.map(([name, value]) => row(name, value))}
${identity !== null && row('Who signs in so', becomes)}
${groups.map(group => row('Group', group.groupId === null ? `${group.name} (new here)` : group.name))}
</dl>
<a class="button second" href="${visit.config.portalOrigin}${paths.portal}">Go to the portal</a>`;
  return show(visit, { title: `Test of ${provider}`, content, isWide: true });
}
