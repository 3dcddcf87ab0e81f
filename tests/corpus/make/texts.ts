import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CorpusPart } from '../corpus.ts';
import type { Chance } from './chance.ts';
import { makerFolder } from './parts.ts';

/** Lines of a list of one part: texts that merely look like attacks, names, searches. `⏎` stands for a line break. */
export function readLines(part: CorpusPart, list: string): string[] {
  const text = readFileSync(path.join(makerFolder(part), 'parts', `${list}.lines.txt`), 'utf8');
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.replaceAll('⏎', '\n'));
}

/** What people write: mostly ordinary sentences, one in eight looks like an attack. */
export function writtenTexts(part: CorpusPart, chance: Chance): string[] {
  const [prose, alike] = [readLines(part, 'prose'), readLines(part, 'texts')];
  return Array.from({ length: 48 }, (_, at) => chance.pick(at % 8 === 0 ? alike : prose));
}
