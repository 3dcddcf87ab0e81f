import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CorpusPart } from '../corpus.ts';
import { makerFolder } from './parts.ts';

/** Lines of a list of one part: texts that merely look like attacks, names, searches. `⏎` stands for a line break. */
export function readLines(part: CorpusPart, list: string): string[] {
  const text = readFileSync(path.join(makerFolder(part), 'parts', `${list}.lines.txt`), 'utf8');
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.replaceAll('⏎', '\n'));
}
