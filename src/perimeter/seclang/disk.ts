import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RuleSource } from './load.ts';

const fileBytesMax = 8 * 1024 * 1024;

/** Rule files on this machine. A file that cannot be read is none; `*` stands for part of a file's name, not of a folder's. */
export const diskRules: RuleSource = {
  read(file) {
    try {
      const bytes = readFileSync(file);
      return bytes.length > fileBytesMax ? undefined : bytes.toString('latin1');
    } catch {
      return undefined;
    }
  },
  expand(pattern) {
    if (!pattern.includes('*')) return [pattern];
    const folder = path.dirname(pattern);
    const [first = '', ...rest] = path.basename(pattern).split('*');
    const fits = (name: string) => {
      if (!name.startsWith(first)) return false;
      let at = first.length;
      for (const [index, part] of rest.entries()) {
        const isLast = index === rest.length - 1;
        const found = isLast ? name.length - part.length : name.indexOf(part, at);
        if (found < at || !name.startsWith(part, found)) return false;
        at = found + part.length;
      }
      return true;
    };
    try {
      return readdirSync(folder)
        .filter(fits)
        .toSorted()
        .map(name => path.join(folder, name));
    } catch {
      return [];
    }
  },
  beside(file, name) {
    return path.isAbsolute(name) ? name : path.join(path.dirname(file), name);
  },
};
