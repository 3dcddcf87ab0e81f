import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { LoadedConfig } from './config.ts';
import { resolveSecret, secretReferencePattern } from './secret-reference.ts';

/** Names of settings whose value is a file to be read; relative ones start at the configuration. */
const fileSettings: ReadonlySet<string> = new Set([
  'certFile',
  'keyFile',
  'caFile',
  'originPullCa',
  'file',
  'geoDatabase',
  'include',
]);

/** Files of others that may come later: their absence is no reason not to start. */
const mayBeMissing = /^platformLogs\./;

/**
 * Opens what the configuration names: every file must be there and readable, every secret reference must lead to one. Returns all problems,
 * each with its path in the configuration.
 */
export function checkFiles(loaded: LoadedConfig, env: Readonly<Record<string, string | undefined>>): string[] {
  const problems: string[] = [];
  const { store, ...others } = loaded.config;
  // The file of the embedded store is made at the first start.
  const config = store.kind === 'sqlite' ? others : { ...others, store };
  walk(config, [], (at, name, value) => {
    const where = at.join('.');
    const problem = secretReferencePattern.test(value)
      ? secretProblem(value, env)
      : fileSettings.has(name) && !mayBeMissing.test(where)
        ? fileProblem(path.resolve(loaded.baseDir, value))
        : undefined;
    if (problem !== undefined) problems.push(`${where}: ${problem}`);
  });
  return problems;
}

type Tell = (at: readonly string[], name: string, value: string) => void;

function walk(value: unknown, at: readonly string[], tell: Tell): void {
  if (typeof value === 'string') {
    const name = at.findLast(part => !/^\d+$/.test(part)) ?? '';
    tell(at, name, value);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) walk(member, [...at, key], tell);
  }
}

function fileProblem(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isDirectory() ? `"${file}" is a folder; want a file` : undefined;
  } catch (error) {
    return `cannot read "${file}": ${codeOf(error)}`;
  }
}

function secretProblem(reference: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  try {
    resolveSecret(reference, env);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const reasons: Readonly<Record<string, string>> = { ENOENT: 'it is not there', EACCES: 'this user may not' };

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (code === '' ? String(error) : code);
}
