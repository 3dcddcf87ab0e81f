import type { z } from 'zod';
import type { Permission } from '../../core/permissions.ts';

/** Who may call an operation: a permission, any signed-in person for what is their own, or only the machine's own command line. */
export type RouteNeed = Permission | 'signed_in' | 'operator';

/** One operation. `stepUp`: the person must have proved who they are within the last 15 minutes (RFC 9470). */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: `/${string}`;
  readonly summary: string;
  readonly tag: string;
  readonly need: RouteNeed;
  readonly stepUp?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly response: z.ZodType;
}
