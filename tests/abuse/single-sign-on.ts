/** A product with a true OpenID provider that the test can have misbehave, and browsers that walk between the two. */
import assert from 'node:assert/strict';
import type { Product } from '../product/product.ts';
import { freePort, startProduct, told } from '../product/product.ts';
import type { Seen, Visitor } from '../product/visitor.ts';
import type { OidcProviderServer } from '../servers/oidc-provider.ts';
import { startOidcProvider } from '../servers/oidc-provider.ts';

const clientSecret = 'client secret of the gate';

export interface SingleSignOn extends AsyncDisposable {
  readonly product: Product;
  readonly op: OidcProviderServer;
  readonly providerId: string;
  /** Where the browser comes back to. */
  readonly callback: string;
  readonly startUrl: string;
  /** Sends a browser out; gives the provider's address it is sent to. */
  begin(browser: Visitor, query?: string): Promise<URL>;
  /** Begins, proves to the provider who it is, and gives the address the provider sends the browser back to. */
  walk(browser: Visitor, sub: string, query?: string): Promise<string>;
  /** The whole way, to where it ends. */
  signIn(browser: Visitor, sub: string, query?: string): Promise<Seen>;
}

export async function startSingleSignOn(
  options: { config?: Record<string, unknown>; provider?: Record<string, unknown> } = {},
): Promise<SingleSignOn> {
  await using stack = new AsyncDisposableStack();
  const port = await freePort();
  const product = stack.use(await startProduct({ config: { listen: { port }, ...options.config } }));
  const base = `${product.portal}/.sallyport/sso/login`;
  const op = stack.use(
    await startOidcProvider({ clients: [{ clientId: 'gate', clientSecret, redirectUris: [`${base}/callback`] }] }),
  );
  const made = await product.sallyport.operator('providers.create', {
    body: {
      provider: {
        ...{ kind: 'oidc', name: 'Login', domains: ['example.org'], ...options.provider },
        settings: {
          ...{ issuer: op.issuer, clientId: 'gate', allowsPrivateAddresses: true },
          scopes: ['openid', 'profile', 'email', 'groups'],
        },
      } as never,
      secret: clientSecret,
    },
  });
  assert.equal(made.slug, 'login');
  const owned = stack.move();
  const sso: SingleSignOn = {
    ...{ product, op, providerId: made.id, callback: `${base}/callback`, startUrl: `${base}/start` },
    async begin(browser, query = '') {
      const out = await browser.send(`${base}/start${query}`, { headers: { accept: 'text/html' } });
      assert.equal(out.status, 303, told(out));
      return new URL(String(out.headers['location']));
    },
    async walk(browser, sub, query) {
      return (await op.signIn((await sso.begin(browser, query)).href, sub)).href;
    },
    async signIn(browser, sub, query) {
      return browser.open(await sso.walk(browser, sub, query));
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
  return sso;
}

/** The session a browser holds. */
export const sessionOf = (browser: Visitor): string | undefined => browser.cookies('localhost').get('__Host-sallyport');
