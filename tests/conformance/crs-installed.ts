/** Where the Core Rule Set and its regression tests stand on this machine, if they do. It is not part of this repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lex } from '../../src/perimeter/seclang/lex.ts';

/** The entry file of Debian's package `modsecurity-crs`. */
export const crsEntry = '/usr/share/modsecurity-crs/owasp-crs.load';
const crsRules = '/usr/share/modsecurity-crs/rules';

/** Why there is nothing to test, or false. */
export const skipsWithoutCrs = existsSync(crsEntry) ? false : 'the package modsecurity-crs is not installed';

/** `apt-get source modsecurity-crs`, unpacked in this folder. */
const sources = path.join(tmpdir(), 'sallyport-crs');

/** The folder of the rule set's own tests, from its source package. */
export function suiteFolder(): string | undefined {
  if (!existsSync(sources)) return undefined;
  for (const name of readdirSync(sources)) {
    const folder = path.join(sources, name, 'tests/regression/tests');
    if (existsSync(folder)) return folder;
  }
  return undefined;
}

export const skipsWithoutSuite =
  skipsWithoutCrs ||
  (suiteFolder() === undefined
    ? `no source of modsecurity-crs in ${sources}: run \`apt-get source modsecurity-crs\` there to judge by its own tests`
    : false);

/** All expressions of the installed rules. */
export function installedExpressions(): readonly string[] {
  const out = new Set<string>();
  for (const name of readdirSync(crsRules).filter(name => name.endsWith('.conf'))) {
    const text = readFileSync(path.join(crsRules, name)).toString('latin1');
    for (const { directive, words } of lex(name, text, [])) {
      const test = words[1] ?? '';
      const isExpression = test.startsWith('@rx ') || test.startsWith('!@rx ') || !/^!?@/.test(test);
      if (directive === 'SecRule' && isExpression && !test.includes('%{tx')) out.add(test.replace(/^!?@rx\s+/, ''));
    }
  }
  return [...out];
}
