import { errorCodes, toProblem } from '../../core/errors.ts';
import { html } from './html.ts';
import type { House, PageApp, Visit } from './visit.ts';
import { paths, show, visitOf } from './visit.ts';

/** The reference that every problem's `type` leads to. */
export function serveErrors(app: PageApp, house: House): void {
  app.get(paths.errors, c => {
    const rows = Object.entries(errorCodes).map(
      ([code, { status, title }]) =>
        html`<div id="${code}"><dt><code>${code}</code></dt><dd class="status">${status}</dd><dd>${title}</dd></div>`,
    );
    const content = html`
<p class="lead">Every refusal of Sallyport carries one of these codes, in a problem document (RFC 9457) or on a page. Codes are never renamed. With the request reference an Administrator finds it in the audit log.</p>
<dl class="list">${rows}</dl>`;
    return show(visitOf(house, c), { title: 'Error reference', content, isWide: true });
  });
}

/** A page for a person instead of a problem document for a program: the same facts, and nothing more. */
export function showError(visit: Visit, error: unknown): Response {
  const problem = toProblem(error, visit.control.requestId);
  const wait = problem['retryAfterS'];
  const content = html`
<p class="lead">${problem.detail === undefined || isSame(problem.detail, problem.title) ? explain(problem.status) : problem.detail}</p>
<a class="button" href="${visit.config.portalOrigin}${paths.portal}">Go to the portal</a>
<p class="reference">Reference <code>${visit.control.requestId}</code> · <code>${problem.code}</code></p>`;
  const headers: Record<string, string> = typeof wait === 'number' ? { 'retry-after': `${wait}` } : {};
  // RFC 9110 section 15.5.2 wants a challenge with every 401, and a browser has no use for one.
  const status = problem.status === 401 ? 403 : problem.status;
  return show(visit, { title: problem.title, content, status, headers });
}

/** A detail that only says the title again tells nothing. */
function isSame(detail: string, title: string): boolean {
  const bare = (text: string) => text.trim().replace(/\.$/, '').toLowerCase();
  return bare(detail) === bare(title);
}

function explain(status: number): string {
  if (status === 404) return 'There is nothing at this address. The link may be old, or something was moved.';
  if (status >= 500) return 'This is a fault on our side, and it is recorded. Trying again in a moment often helps.';
  return 'The request could not be accepted.';
}
