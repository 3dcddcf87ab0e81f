import type { Operation } from '../contract/contract.ts';
import type { AdminConfig, AdminDeps } from '../deps.ts';
import type { Handlers } from './handler.ts';
import { demandMayKeepSource } from './reach.ts';

type ScimOperation = Extract<Operation, `scim.${string}`>;

/** Where SCIM 2.0 is spoken, below the portal's origin. */
export const scimBasePath = '/.sallyport/scim/v2';

/** Who may provision people and groups. Tokens are shown once. */
export function scimClientHandlers(config: AdminConfig, deps: AdminDeps): Handlers<ScimOperation> {
  const { scim } = deps.identity;
  return {
    async 'scim.listClients'() {
      return { clients: await scim.listClients(), url: `${config.portalOrigin}${scimBasePath}` };
    },
    async 'scim.createClient'({ caller }, { body }) {
      const { client, token } = await scim.createClient(caller.principal, body);
      return { client, token: token.reveal() };
    },
    async 'scim.rotateClient'({ caller }, { body, params }) {
      await demandMayKeepSource(deps, caller, { kind: 'scim', id: params.id });
      const { client, token } = await scim.rotateClient(caller.principal, { id: params.id, ...body });
      return { client, token: token.reveal() };
    },
    async 'scim.deleteClient'({ caller }, { params }) {
      await demandMayKeepSource(deps, caller, { kind: 'scim', id: params.id });
      await scim.deleteClient(caller.principal, params.id);
      return {};
    },
  };
}
