import path from 'node:path';
import type { CorpusPart } from '../corpus.ts';
import { readBlocks } from './seeds.ts';

export const partKinds = [
  'sql',
  'js',
  'python',
  'shell',
  'html',
  'prompt',
  'expression',
  'text',
  'json',
  'url',
] as const;
export type PartKind = (typeof partKinds)[number];

/** What people write into workflows, by kind. */
export type Parts = Readonly<Record<PartKind, readonly string[]>>;

/** The folder that holds what one part of the corpus is made from. */
export const makerFolder = (part: CorpusPart): string => folders[part];

const folders: Readonly<Record<CorpusPart, string>> = {
  seen: import.meta.dirname,
  'seen-2': path.join(import.meta.dirname, 'seen-2'),
  'seen-3': path.join(import.meta.dirname, 'seen-3'),
  unseen: path.join(import.meta.dirname, '..', 'unseen', 'make'),
};

/** The pieces that workflows of one part of the corpus are made from; no piece is in two. */
export function readParts(part: CorpusPart): Parts {
  const read = (kind: PartKind): string[] => readBlocks(path.join(makerFolder(part), 'parts', `${kind}.txt`));
  return {
    sql: read('sql'),
    js: read('js'),
    python: read('python'),
    shell: read('shell'),
    html: read('html'),
    prompt: read('prompt'),
    expression: read('expression'),
    text: read('text'),
    json: read('json'),
    url: read('url'),
  };
}
