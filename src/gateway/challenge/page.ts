import { escapeHtml, inlineHash, pageMark, pageStyle, plainPath } from '../answer-page.ts';
import type { Exchange } from '../exchange.ts';
import { challengePath } from '../gate-names.ts';
import type { Challenge } from './proof.ts';
import { tasks } from './proof.ts';
import { pageScript } from './script.ts';

const style = `progress{display:block;width:100%;height:.5rem;margin:1.5rem 0 .75rem;appearance:none;border:0;border-radius:.25rem;overflow:hidden;background:var(--line);accent-color:var(--action)}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:var(--action);border-radius:.25rem}
progress::-moz-progress-bar{background:var(--action)}
#say{margin:0;color:var(--quiet);font-size:.9375rem}
[hidden]{display:none}`;

/** Nothing is loaded; one script and two styles of the gate run, each by its hash. */
export const challengePolicy = `default-src 'none'; script-src ${inlineHash(pageScript)}; style-src ${inlineHash(pageStyle)} ${inlineHash(style)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The page a browser gets through by itself in a second or two, and which tells a person without script what to do. */
export function challengePage(exchange: Exchange, challenge: Challenge): string {
  const { authority, inbound, requestId } = exchange;
  const to = plainPath.test(inbound.target) ? inbound.target : '/';
  const data = { at: challengePath, text: challenge.text, seed: challenge.seed, bits: challenge.bits, tasks, to };
  const attributes = Object.entries(data).map(([name, value]) => `data-${name}="${escapeHtml(String(value))}"`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>Checking your browser · Sallyport</title><style>${pageStyle}</style><style>${style}</style></head><body><main><p class="brand">${pageMark}<span>Sallyport</span></p><section><h1>Checking your browser</h1><p class="lead">This takes a second or two and happens by itself. Your page opens afterwards.</p><div id="work" hidden ${attributes.join(' ')}><progress id="bar" max="${tasks}" value="0" aria-label="Progress of the check"></progress><p id="say" role="status">Working it out.</p></div><p id="without">The check needs JavaScript. Turn it on for this site and open the page again, or ask whoever runs this gate to let your network in.</p><p class="reference">Incident <code>${escapeHtml(requestId)}</code> · <code>perimeter.challenge</code></p></section></main><footer>You are at ${escapeHtml(authority)}</footer><script>${pageScript}</script></body></html>`;
}
