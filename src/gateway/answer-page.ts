import { createHash } from 'node:crypto';
import type { ErrorCode } from '../core/errors.ts';
import { errorCodes } from '../core/errors.ts';
import type { Exchange } from './exchange.ts';
import { gatePaths } from './gate-names.ts';

/** In the colours and measures of the admin pages, whose stylesheet is not reachable when the control plane is what does not answer. */
export const pageStyle = `
:root{color-scheme:light dark;--ground:#f1f3f0;--card:#fff;--line:#d9ded9;--edge:#8b958f;--text:#1a201d;--quiet:#56605a;--action:#1a665a;--over:#124f46;--on:#fff;--focus:#277b6c}
@media (prefers-color-scheme:dark){:root{--ground:#0f1412;--card:#171e1b;--line:#2c3632;--edge:#6f7c76;--text:#e6ece9;--quiet:#a3afa9;--action:#5ca996;--over:#88c3b3;--on:#0a1512;--focus:#88c3b3}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;background:var(--ground);color:var(--text);font:100%/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI","Noto Sans","Liberation Sans",sans-serif}
main{flex:1 0 auto;width:100%;max-width:27.5rem;margin:0 auto;padding:clamp(1.5rem,9vh,6rem) 1rem 2rem}
.brand{display:flex;align-items:center;gap:.6rem;margin:0 0 1.25rem;font-weight:600;letter-spacing:-.01em}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.75rem 1.75rem 2rem}
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25;font-weight:600;letter-spacing:-.015em;overflow-wrap:anywhere}
p{margin:0 0 1rem;overflow-wrap:anywhere}
.lead{color:var(--quiet)}
a{color:var(--action);text-underline-offset:.15em}
.button{display:flex;align-items:center;justify-content:center;min-height:2.75rem;margin:1.5rem 0 0;padding:.5rem 1rem;font-weight:600;text-decoration:none;color:var(--on);background:var(--action);border:1px solid transparent;border-radius:.4375rem}
.button:hover{background:var(--over)}
.second{margin-top:.75rem;color:var(--text);background:transparent;border-color:var(--edge)}
.second:hover{background:var(--ground)}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.after{margin:1.25rem 0 0;font-size:.9375rem}
.reference{margin:1.25rem 0 0;padding-top:1rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.8125rem}
code{font-family:ui-monospace,"SF Mono","Cascadia Mono","Liberation Mono",monospace;font-size:.9em}
footer{flex:none;padding:0 1rem 1.5rem;color:var(--quiet);font-size:.8125rem;text-align:center}
@media (max-width:34rem){main{padding-top:1.5rem}section{padding:1.375rem 1.25rem 1.5rem}}
@media (forced-colors:active){.button{border-color:ButtonText}}`;

/** What a content security policy calls an inline style or script by (CSP 3 section 2.3.1). */
export const inlineHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Pages of the gate load nothing and run nothing; their style is the only thing allowed, by its hash. */
export const pagePolicy = `default-src 'none'; style-src ${inlineHash(pageStyle)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The sign of the gate, for the top of its pages. */
export const pageMark =
  '<svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#10211d"/><path fill="#8fd0bf" fill-rule="evenodd" d="M6 7h4v3h4V7h4v3h4V7h4v18h-5v-8a5 5 0 0 0-10 0v8H6z"/><path stroke="#d6b36a" stroke-width="1.5" stroke-linecap="round" fill="none" d="M14 14.5V22M18 14.5V22M16 13.5V22M12 17h8M12 20h8"/></svg>';

/** Where opening the same address again may help. */
const isPassing = new Set<ErrorCode>([
  'gateway.upstream_unavailable',
  'gateway.upstream_timeout',
  'gateway.overloaded',
  'gateway.not_recording',
  'gateway.timeout',
  'internal',
  'perimeter.rate_limited',
]);

/**
 * What a person sees of a refusal: its title, what they can do, the site, and the request id; never the reason. The ways on are links: to the
 * portal, to the same address again, and, for who is signed in, to the page that signs out.
 */
export function refusalPage(exchange: Exchange, shown: { code: ErrorCode; hint: string | undefined }): string {
  const title = escapeHtml(errorCodes[shown.code].title);
  const { site, policy, signedIn, requestId } = exchange;
  const lead = shown.hint === undefined ? '' : `<p class="lead">${escapeHtml(shown.hint)}</p>`;
  const again =
    isPassing.has(shown.code) && plainPath.test(exchange.inbound.target)
      ? link(exchange.inbound.target, 'Try again', 'button')
      : '';
  const portal =
    policy && link(`${policy.snapshot.portalOrigin}/`, 'Go to the portal', again === '' ? 'button' : 'button second');
  const out = signedIn === undefined ? '' : `<p class="after">${link(gatePaths.signOut, 'Sign out')}</p>`;
  const place = site === undefined ? '' : `<strong>${escapeHtml(site.policy.name)}</strong> at `;
  const host = exchange.authority === '' ? '' : `<footer>You are at ${place}${escapeHtml(exchange.authority)}</footer>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title} · Sallyport</title><style>${pageStyle}</style></head><body><main><p class="brand">${pageMark}<span>Sallyport</span></p><section><h1>${title}</h1>${lead}${again}${portal ?? ''}${out}<p class="reference">${shown.code.startsWith('perimeter.') ? 'Incident' : 'Reference'} <code>${escapeHtml(requestId)}</code> · <code>${shown.code}</code></p></section></main>${host}</body></html>`;
}

/** A path of this very origin as browsers read it: two slashes, a backslash or a tab among the first could lead to another. */
export const plainPath = /^\/(?![/\\])[\x21-\x7e]*$/;

function link(to: string, text: string, look?: string): string {
  return `<a${look === undefined ? '' : ` class="${look}"`} href="${escapeHtml(to)}">${text}</a>`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text as HTML shows it, in content and in quoted attributes. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, found => escapes[found] ?? '');
