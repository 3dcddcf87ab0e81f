import { readFileSync } from 'node:fs';
import type { Chance } from './chance.ts';

/** A payload with the technique it stands under. */
export interface Payload {
  readonly technique: string;
  readonly text: string;
}

/**
 * Reads a file of payload seeds: one a line, under headings `### technique`. `‹a¦b›` stands for either; `␍ ␊ ␉ ␀` for the control
 * characters. Every line grows into at most `perLine` of its readings, the same ones each time.
 */
export function readSeeds(file: string, perLine: number, chance: Chance): Payload[] {
  const payloads = new Map<string, Payload>();
  let technique = 'plain';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    if (line.startsWith('### ')) technique = line.slice(4);
    else for (const text of grow(line, perLine, chance)) payloads.set(text, { technique, text });
  }
  return [...payloads.values()];
}

/** Blocks of text between lines of `====`. */
export function readBlocks(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n====\n')
    .map(block => block.replace(/\n$/, ''))
    .filter(block => block !== '');
}

function grow(line: string, most: number, chance: Chance): string[] {
  const parts = line.split(/[‹›]/).map((part, at) => (at % 2 === 1 ? part.split('¦') : [part]));
  const total = parts.reduce((product, choices) => product * choices.length, 1);
  const found = new Set<string>();
  for (let tries = 0; tries < most * 6 && found.size < Math.min(most, total); tries++)
    found.add(withControls(parts.map(choices => chance.pick(choices)).join('')));
  return [...found];
}

const controls: Readonly<Record<string, string>> = { '␍': '\r', '␊': '\n', '␉': '\t', '␀': '\0' };
const withControls = (text: string): string => text.replace(/[␍␊␉␀]/g, found => controls[found] ?? found);
