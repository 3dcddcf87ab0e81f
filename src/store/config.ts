import { z } from 'zod';

const secretReference = z
  .string()
  .regex(/^(env:[A-Z_][A-Z0-9_]*|file:\/.+)$/, 'want "env:NAME" or "file:/path"')
  .describe('Where the secret is: env:NAME or file:/path.');

/** Where the data is kept. */
export const storeConfig = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('sqlite').describe('The embedded store: one file, one node, nothing to install.'),
      file: z.string().min(1).max(4096).default('sallyport.db').describe('The file, relative to the data directory.'),
    }),
    z.strictObject({
      kind: z.literal('postgres').describe('PostgreSQL 15 or later: for more than one node.'),
      url: secretReference.describe('Reference to the connection address, as postgres://user:password@host:5432/name.'),
      connectionsMax: z.int().min(1).max(100).default(10).describe('The most connections this process opens.'),
    }),
  ])
  .default({ kind: 'sqlite', file: 'sallyport.db' })
  .describe('Where users, sessions, sites and everything else that must survive is kept.');

export type StoreConfig = z.infer<typeof storeConfig>;
