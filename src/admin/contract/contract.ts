/**
 * The contract of the control-plane API, written once: the server registers its handlers from it, the OpenAPI 3.1 document is printed
 * from it, and the typed client of portal and CLI is derived from it. It imports nothing of the server, so a browser can hold it.
 * Paths are below `/.sallyport/api/v1`. Errors are RFC 9457 problem documents.
 */
import type { z } from 'zod';
import { auditRoutes } from './audit-routes.ts';
import { elevationRoutes } from './elevation-routes.ts';
import { explainRoutes } from './explain-routes.ts';
import { factorRoutes } from './factor-routes.ts';
import { grantRoutes } from './grant-routes.ts';
import { groupRoutes } from './group-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { machineRoutes } from './machine-routes.ts';
import { meRoutes } from './me-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { perimeterRoutes } from './perimeter-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { projectRoutes } from './project-routes.ts';
import { providerRoutes } from './provider-routes.ts';
import { reviewRoutes } from './review-routes.ts';
import { roleRoutes } from './role-routes.ts';
import { scimRoutes } from './scim-routes.ts';
import { siteRoutes } from './site-routes.ts';
import { systemRoutes } from './system-routes.ts';

/** Every operation of the API by its operation id. */
export const contract = {
  ...systemRoutes,
  ...meRoutes,
  ...peopleRoutes,
  ...factorRoutes,
  ...policyRoutes,
  ...keyRoutes,
  ...machineRoutes,
  ...groupRoutes,
  ...providerRoutes,
  ...scimRoutes,
  ...projectRoutes,
  ...roleRoutes,
  ...grantRoutes,
  ...elevationRoutes,
  ...explainRoutes,
  ...reviewRoutes,
  ...siteRoutes,
  ...perimeterRoutes,
  ...auditRoutes,
} as const;

export type Operation = keyof typeof contract;

type Part<O extends Operation, K extends 'params' | 'query' | 'body'> =
  (typeof contract)[O] extends Record<K, infer S>
    ? S extends z.ZodType
      ? { readonly [P in K]: z.input<S> }
      : unknown
    : unknown;

/** What a caller gives: `params`, `query` and `body`, where the operation has them. */
export type OperationInput<O extends Operation> = Part<O, 'params'> & Part<O, 'query'> & Part<O, 'body'>;

/** What a caller gets. */
export type OperationOutput<O extends Operation> = z.output<(typeof contract)[O]['response']>;
