import type { Html } from './html.ts';
import { html } from './html.ts';
import type { PageAssets } from './page-files.ts';

/** One page. `title` is the heading too. */
export interface Page {
  readonly title: string;
  readonly content: Html;
  readonly status?: number;
  readonly cookies?: readonly string[];
  readonly isWide?: boolean;
  /** Whether the page has passkeys: their script, and that it may talk to this origin. */
  readonly hasPasskeys?: boolean;
  /** The origin its one form goes to, which the page sends by itself where scripts run. */
  readonly submitsTo?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What pages with passkeys may do beyond that: run the one script of this origin, and ask it for options. */
const passkeyPolicy = "; script-src 'self'; connect-src 'self'";

/** No script at all; styles and images from this origin; forms only to it; in nobody's frame. */
const pagePolicy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/**
 * A whole page, never cached. `host` is shown, so that people can see where they are about to type a password. Forms whose answer leads on to
 * another origin of ours name it in `formTargets`, as browsers hold `form-action` against redirects too.
 */
export function renderPage(
  page: Page,
  frame: { assets: PageAssets; host: string; formTargets: readonly string[] },
): Response {
  const headers = new Headers({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': pagePolicy
      .concat(page.hasPasskeys ? passkeyPolicy : page.submitsTo === undefined ? '' : "; script-src 'self'")
      .replace("form-action 'self'", ["form-action 'self'", ...frame.formTargets, ...onwardTargets(page)].join(' ')),
    // Not "no-referrer": browsers then send `Origin: null` with our own forms.
    'referrer-policy': 'same-origin',
    ...page.headers,
  });
  for (const cookie of page.cookies ?? []) headers.append('set-cookie', cookie);
  return new Response(`<!doctype html>\n${document(page, frame).toString()}`, { status: page.status ?? 200, headers });
}

/** Browsers hold `form-action` against redirects too, and providers send people on between names of theirs. */
const onwardTargets = (page: Page): readonly string[] =>
  page.submitsTo === undefined ? [] : [page.submitsTo, 'https:'];

function document(page: Page, frame: { assets: PageAssets; host: string }): Html {
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title.includes('Sallyport') ? page.title : `${page.title} · Sallyport`}</title>
<link rel="icon" type="image/svg+xml" href="${frame.assets.iconPath}">
<link rel="stylesheet" href="${frame.assets.stylePath}">${
    page.hasPasskeys &&
    html`
<script src="${frame.assets.scriptPath}" defer></script>`
  }${
    page.submitsTo !== undefined &&
    html`
<script src="${frame.assets.submitPath}" defer></script>`
  }
</head>
<body>
<main${page.isWide ? html` class="wide"` : undefined}>
<p class="brand"><img src="${frame.assets.iconPath}" alt="" width="28" height="28"><span>Sallyport</span></p>
<section class="card" aria-labelledby="title">
<h1 id="title">${page.title}</h1>
${page.content}
</section>
</main>
<footer>You are at <strong>${frame.host}</strong></footer>
</body>
</html>
`;
}

/** What went wrong, read out at once by a screen reader; each error leads to its field. */
export function alert(
  summary: string,
  errors: readonly { readonly field: string; readonly message: string }[] = [],
): Html {
  return html`<div class="alert" role="alert" tabindex="-1"><p>${summary}</p>${
    errors.length > 0 &&
    html`<ul>${errors.map(error => html`<li><a href="#${error.field}">${error.message}</a></li>`)}</ul>`
  }</div>`;
}

/** Something good to know that is no error. */
export function note(text: string): Html {
  return html`<div class="note" role="status"><p>${text}</p></div>`;
}
