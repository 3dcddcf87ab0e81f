import type { Plugin } from 'vite';
import { contract } from '../../src/admin/contract/contract.ts';
import type { Route } from '../../src/admin/contract/route.ts';

/**
 * Gives the browser the contract as a plain table of methods and paths. The client needs no more at run time, and the schema library that the
 * server validates with stays out of the bundle. Types are not touched.
 */
export function contractTable(): Plugin {
  return {
    name: 'sallyport-contract-table',
    enforce: 'pre',
    load(id) {
      if (!id.endsWith('/src/admin/contract/contract.ts')) return undefined;
      const table = Object.fromEntries(
        Object.entries<Route>(contract).map(([operation, route]) => [
          operation,
          { method: route.method, path: route.path, ...(route.body === undefined ? {} : { body: true }) },
        ]),
      );
      return `export const contract = ${JSON.stringify(table)};`;
    },
  };
}
