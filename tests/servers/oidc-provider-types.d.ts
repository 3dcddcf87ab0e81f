/** The part of `oidc-provider` the tests use. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Context {
    readonly path: string;
    readonly method: string;
    status: number;
    body: unknown;
    readonly oidc?: {
      readonly client?: { readonly clientId: string };
      readonly session?: { readonly uid: string; readonly accountId?: string; sidFor(clientId: string): string };
    };
  }
  interface Session {
    destroy(): Promise<void>;
  }
  interface Client {
    readonly backchannelLogoutUri?: string;
    backchannelLogout(sub: string, sid: string): Promise<void>;
  }
  interface Grant {
    addOIDCScope(scope: string): void;
    addOIDCClaims(claims: readonly string[]): void;
    save(): Promise<string>;
  }
  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    callback(): (req: IncomingMessage, res: ServerResponse) => void;
    use(layer: (ctx: Context, next: () => Promise<void>) => Promise<void>): void;
    on(event: string, listener: (ctx: Context) => void): void;
    interactionDetails(
      req: IncomingMessage,
      res: ServerResponse,
    ): Promise<{ readonly params: Record<string, unknown>; readonly prompt: { readonly name: string } }>;
    interactionFinished(req: IncomingMessage, res: ServerResponse, result: Record<string, unknown>): Promise<void>;
    proxy: boolean;
    readonly Session: { findByUid(uid: string): Promise<Session | undefined> };
    readonly Client: { find(id: string): Promise<Client | undefined> };
    readonly Grant: new (about: {
      accountId: string;
      clientId: string;
    }) => Grant;
  }
}
