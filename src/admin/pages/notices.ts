import { findCaller } from '../callers.ts';
import { noticeText } from '../notice-text.ts';
import type { Destination } from '../return-to.ts';
import { html } from './html.ts';
import type { House, PageApp, Visit } from './visit.ts';
import { destinationOf, formFields, onward, paths, readPosted, redirect, show, visitOf, withReturn } from './visit.ts';

const shownMax = 10;

/** Where somebody who has just signed in goes on to: first past what they should know of their account, if there is something unread. */
export async function pastNotices(visit: Visit, userId: string, toward: Destination | undefined): Promise<string> {
  const urgent = await visit.deps.identity.notices.urgent(userId);
  return urgent.length === 0 ? onward(visit, toward) : withReturn(paths.notices, toward);
}

/** What happened to the account while its person was away: shown once, before they go on. */
export function serveNotices(app: PageApp, house: House): void {
  app.get(paths.notices, async c => {
    const visit = visitOf(house, c);
    const toward = await destinationOf(visit);
    const caller = await findCaller(house.deps, visit.request, visit.control);
    if (caller === undefined) return redirect(withReturn(paths.signIn, toward));
    const urgent = (await house.deps.identity.notices.urgent(caller.user.id)).slice(0, shownMax);
    if (urgent.length === 0) return redirect(onward(visit, toward));
    const { fields, cookies } = formFields(visit, toward);
    const content = html`
<p class="lead">This happened to your account. If it was not you or somebody you asked, change your password, end your other sessions and tell an Owner.</p>
<ul>${urgent.map(
      notice =>
        html`<li>${noticeText(notice)} <span class="hint">${new Date(notice.at).toISOString().slice(0, 16).replace('T', ' ')} UTC${
          notice.clientIp !== null && `, from ${notice.clientIp}`
        }</span></li>`,
    )}</ul>
<form method="post" action="${paths.notices}">
${fields}
<button>I have read this</button>
</form>`;
    return show(visit, { title: 'Please note', content, cookies }, toward);
  });
  app.post(paths.notices, async c => {
    const visit = visitOf(house, c);
    const { toward } = await readPosted(visit);
    const caller = await findCaller(house.deps, visit.request, visit.control);
    if (caller === undefined) return redirect(withReturn(paths.signIn, toward, { notice: 'session' }));
    await house.deps.identity.notices.read(caller.user.id);
    return redirect(onward(visit, toward));
  });
}
