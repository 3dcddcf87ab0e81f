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
  const failed = steps.filter(step => !step.ok);
  const row = (name: string, value: string | Html) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const groupList = groups.map(group => (group.groupId === null ? `${group.name} (new here)` : group.name)).join(', ');
  const content = html`
${account.kind === 'refused' ? alert(refusalText(report)) : note('The provider vouched for this person, who would come in.')}
<p class="lead">This was a test: nobody was signed in, and nothing was made.</p>
<dl class="list facts">
${failed.map(step => row(step.name, `failed: ${step.detail}`))}
${identity !== null && row('Who signs in so', becomes(report))}
${identity !== null && factsOf(identity).map(([name, value]) => row(name, value))}
${identity !== null && row('Groups', groupList === '' ? 'none came' : groupList)}
</dl>
<a class="button second" href="${visit.config.portalOrigin}${paths.portal}">Go to the portal</a>`;
  return show(visit, { title: `Test of ${provider}`, content, isWide: true });
}

function refusalText({ account, identity }: SignInReport): string {
  const reason = account.reason === null ? '' : `: ${account.reason}`;
  if (identity === null) return `The provider did not vouch for anybody${reason}.`;
  return `The provider vouched, but this person would be refused here${reason}.`;
}

function becomes({ account }: SignInReport): Html {
  const email = html`<strong>${account.email ?? ''}</strong>`;
  return {
    known: html`comes in as ${email}`,
    linked: html`takes over the account ${email}`,
    new: html`gets a new account, ${email}`,
    refused: html`is refused`,
  }[account.kind];
}

function factsOf(identity: NonNullable<SignInReport['identity']>): readonly (readonly [string, string])[] {
  const { authenticatedAt, email, isEmailVerified, isMfa, name, subject } = identity;
  const at = authenticatedAt === null ? 'not said' : new Date(authenticatedAt).toISOString().slice(0, 19);
  return [
    ['Subject', subject],
    ['E-mail address', email === null ? 'none' : `${email}${isEmailVerified ? '' : ' (not vouched for)'}`],
    ['Name', name ?? 'none'],
    ['Second factor there', isMfa ? 'yes' : 'not said'],
    ['Proved there', authenticatedAt === null ? at : `${at.replace('T', ' ')} UTC`],
  ];
}
