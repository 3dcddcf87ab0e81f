import type { Plugin } from 'vite';
import { contract } from '../../src/admin/contract/contract.ts';
import type { Route } from '../../src/admin/contract/route.ts';
import { activeDirectoryDefaults } from '../../src/identity/provider-settings.ts';

const table = Object.fromEntries(
  Object.entries<Route>(contract).map(([operation, route]) => [
    operation,
    { method: route.method, path: route.path, ...(route.body === undefined ? {} : { body: true }) },
  ]),
);

/** What the browser gets in place of a file of the server. */
const plain = [
  { file: '/src/admin/contract/contract.ts', name: 'contract', value: table },
  { file: '/src/identity/provider-settings.ts', name: 'activeDirectoryDefaults', value: activeDirectoryDefaults },
];

/**
 * Gives the browser the contract as a plain table of methods and paths, and the settings it starts from as plain values. The client needs no
 * more at run time, and the schema library that the server validates with stays out of the bundle. Types are not touched.
 */
export function contractTable(): Plugin {
  return {
    name: 'sallyport-contract-table',
    enforce: 'pre',
    load(id) {
      const found = plain.find(({ file }) => id.endsWith(file));
      return found && `export const ${found.name} = ${JSON.stringify(found.value)};`;
    },
  };
}
