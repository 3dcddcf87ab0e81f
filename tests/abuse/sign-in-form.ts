/** The sign-in form as a program fills it in: from any address the trusted proxy names, with whatever in it. */
import type { Product } from '../product/product.ts';
import type { Seen, Visitor } from '../product/visitor.ts';

/** Identity by itself: the perimeter, which slows guessing down and bans besides, stays out of the way. */
export const identityAlone = {
  perimeter: {
    jail: { enabled: false },
    limits: { rules: [{ id: 'none', scope: 'site', limit: 1_000_000, windowMs: 1000, appliesTo: ['other'] }] },
  },
};

/** The same behind a proxy of ours on this machine, so that a test can come from anywhere. */
export const behindProxy = { ...identityAlone, trustedProxies: ['127.0.0.0/8'] };

export interface Attempt {
  readonly email: string;
  readonly password: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  /** The page without what must differ: the address typed, the form's token, the reference. */
  readonly page: string;
  readonly headers: string;
  readonly retryAfterS: number;
  readonly tookMs: number;
  readonly seen: Seen;
}

/** One browser that sends the form again and again; it never follows a redirect. */
export async function openForm(
  product: Product,
): Promise<{ send(attempt: Attempt): Promise<Answer>; readonly browser: Visitor }> {
  const browser = product.visitor();
  const address = `${product.portal}/.sallyport/sign-in`;
  await browser.open(address);
  const token = browser.cookies('localhost').get('__Host-sallyport-form') ?? '';
  const send = async ({ email, from, headers, password }: Attempt): Promise<Answer> => {
    const startedAt = performance.now();
    const seen = await browser.send(address, {
      method: 'POST',
      headers: {
        ...{ accept: 'text/html', origin: product.portal, 'sec-fetch-site': 'same-origin' },
        'content-type': 'application/x-www-form-urlencoded',
        ...(from === undefined ? {} : { 'x-forwarded-for': from }),
        ...headers,
      },
      body: new URLSearchParams({ form_token: token, email, password }).toString(),
    });
    return {
      ...{ status: seen.status, tookMs: performance.now() - startedAt, seen },
      page: seen.text.replace(/required value="[^"]*"/, 'required value="(address)"').replaceAll(token, '(token)'),
      headers: JSON.stringify(
        Object.entries(seen.headers).filter(([name]) => !['date', 'x-request-id', 'retry-after'].includes(name)),
      ),
      retryAfterS: Number(seen.headers['retry-after'] ?? 0),
    };
  };
  return { send, browser };
}

let last = 0;

/** An address of a network nobody used before. */
export const freshAddress = (): string => {
  last++;
  return `2001:db8:${(last >> 8).toString(16)}:${(last & 0xff).toString(16)}::1`;
};
