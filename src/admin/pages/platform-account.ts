import { isSallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { SiteRecord } from '../../gateway/gateway.ts';
import type { PersonCaller } from '../api/handler.ts';
import { demand } from '../api/handler.ts';
import { demandFreshProof } from '../api/server.ts';
import { findCaller } from '../callers.ts';
import { email } from '../contract/schemas.ts';
import type { Destination } from '../return-to.ts';
import { platformTitle } from './enter.ts';
import { field } from './fields.ts';
import { html } from './html.ts';
import { alert } from './layout.ts';
import type { House, PageApp, Visit } from './visit.ts';
import { destinationOf, formFields, onward, paths, readPosted, redirect, show, visitOf, withReturn } from './visit.ts';

const proveTimeoutMs = 25_000;

/** Where somebody who manages sites gives the gate a platform's own owner account. On the portal's origin, after a fresh proof. */
export function servePlatformAccount(app: PageApp, house: House): void {
  app.get(paths.platformAccount, async c => {
    const visit = visitOf(house, c);
    const toward = await destinationOf(visit);
    const ready = await prepare(visit, toward, visit.url.searchParams.get('site') ?? '');
    return ready instanceof Response
      ? ready
      : showForm(visit, toward, { site: ready.site, email: ready.caller.user.email });
  });
  app.post(paths.platformAccount, async c => answer(visitOf(house, c)));
}

/** Who asks, and for which site; or where they must go first. */
async function prepare(
  visit: Visit,
  toward: Destination | undefined,
  siteId: string,
): Promise<{ caller: PersonCaller; site: SiteRecord } | Response> {
  const here = new URL(withReturn(paths.platformAccount, toward, { site: siteId }), visit.config.portalOrigin);
  const back = { url: here, site: undefined };
  const caller = await findCaller(visit.deps, visit.request, visit.control);
  if (caller === undefined) return redirect(withReturn(paths.signIn, back));
  await demand(caller, 'site.manage');
  try {
    demandFreshProof(caller.session.authenticatedAt, visit.deps.clock.now());
  } catch (error) {
    if (isSallyportError(error, 'admin.step_up')) return redirect(withReturn(paths.reauthenticate, back));
    throw error;
  }
  return { caller, site: await visit.deps.sites.get(siteId) };
}

async function answer(visit: Visit): Promise<Response> {
  const { form, toward } = await readPosted(visit);
  const ready = await prepare(visit, toward, form('site').slice(0, 200));
  if (ready instanceof Response) return ready;
  const { caller, site } = ready;
  const address = email.safeParse(form('email').trim());
  const given = { site, email: form('email').trim().slice(0, 254) };
  if (!address.success) return showForm(visit, toward, { ...given, problem: 'Enter an e-mail address.' });
  try {
    await visit.deps.platformAccounts.setAdmin(
      caller.principal,
      site,
      { email: address.data, password: new Secret(form('password').slice(0, 200)), userId: caller.user.id },
      AbortSignal.any([visit.request.signal, AbortSignal.timeout(proveTimeoutMs)]),
    );
    return redirect(onward(visit, toward));
  } catch (error) {
    const problem = problemOf(error, platformTitle(visit, site));
    if (problem === undefined) throw error;
    return showForm(visit, toward, { ...given, problem });
  }
}

function problemOf(error: unknown, title: string): string | undefined {
  if (isSallyportError(error, 'platforms.refused')) {
    return `${title} did not accept this e-mail address and password.`;
  }
  if (isSallyportError(error, 'platforms.unreachable')) return `${title} does not answer. Try again in a moment.`;
  return undefined;
}

function showForm(
  visit: Visit,
  toward: Destination | undefined,
  given: { site: SiteRecord; email: string; problem?: string },
): Response {
  const { fields, cookies } = formFields(visit, toward);
  const title = platformTitle(visit, given.site);
  const isWrong = given.problem !== undefined;
  const content = html`
<p class="lead">Sign in once with the owner account of this ${title}. The gate proves that it works, keeps it sealed, and makes accounts for people with it.</p>
${given.problem !== undefined && alert(given.problem)}
<form method="post" action="${paths.platformAccount}">
${fields}
<input type="hidden" name="site" value="${given.site.id}">
${field({ name: 'email', label: `E-mail address of the ${title} owner`, type: 'email', autocomplete: 'off', value: given.email, isWrong })}
${field({ name: 'password', label: `Password in ${title}`, type: 'password', autocomplete: 'off', maxLength: 200, isFirst: true, isWrong })}
<button>Give to the gate</button>
</form>`;
  return show(
    visit,
    { title: `Owner account of ${given.site.name}`, content, cookies, ...(isWrong ? { status: 422 } : {}) },
    toward,
  );
}
