/**
 * Runs testssl.sh against the running gate and fails on any finding above LOW. Check groups: protocols, server defaults, forward secrecy,
 * known attacks: about half a minute; it is ended after 100 seconds, which fails as well. Skips, saying so, where testssl.sh is not installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { makeHouse } from '../tests/drills/running.ts';

const endAfterMs = 100_000;
const fine: ReadonlySet<string> = new Set(['OK', 'INFO', 'LOW', 'DEBUG']);

/** What is about the set-up of this run and not about the gate, each with its reason. */
const setAside: ReadonlyMap<string, string> = new Map([
  ['cert_revocation', 'a certificate of the local authority names no revocation list; one by ACME or of your own does'],
  ['engine_problem', 'the openssl of this machine has no GOST engine'],
]);

const report = z.array(z.looseObject({ id: z.string(), severity: z.string(), finding: z.string() }));

async function run(): Promise<number> {
  const program = ['testssl', 'testssl.sh'].find(name => spawnSync(name, ['--version']).error === undefined);
  if (program === undefined) {
    console.log('testssl: skipped, the Debian package "testssl.sh" is not installed');
    return 0;
  }
  await using house = await makeHouse();
  await house.start();
  const file = path.join(house.dir, 'testssl.json');
  const groups = ['--protocols', '--server-defaults', '--fs', '--vulnerable'];
  const quiet = ['--quiet', '--color', '0', '--warnings', 'off', '--nodns', 'min', '--ip', '127.0.0.1'];
  const trust = ['--add-ca', path.join(house.dir, 'data', 'tls', 'ca.pem'), '--jsonfile', file];
  const child = spawn(program, [...quiet, ...trust, ...groups, `localhost:${house.port}`], {
    stdio: 'ignore',
    timeout: endAfterMs,
    killSignal: 'SIGKILL',
  });
  const ended = await new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  });
  // Its exit code counts findings of any kind; only a signal says that it did not come to its end.
  if (!/^\d+$/.test(ended)) {
    console.error(`testssl: ended by ${ended}`);
    return 1;
  }
  const findings = report.parse(JSON.parse(readFileSync(file, 'utf8')));
  const bad = findings.filter(one => !fine.has(one.severity));
  for (const { id, severity, finding } of bad) {
    const reason = setAside.get(id);
    console.log(`testssl: ${severity} ${id}: ${finding}${reason === undefined ? '' : ` (set aside: ${reason})`}`);
  }
  const failed = bad.filter(one => !setAside.has(one.id)).length;
  const isWhole = findings.some(one => one.id === 'TLS1_3' && one.severity === 'OK') && findings.length > 50;
  console.log(
    `testssl: ${findings.length} findings, ${failed} above LOW${isWhole ? '' : ', but the report is not whole'}`,
  );
  return failed === 0 && isWhole ? 0 : 1;
}

process.exitCode = await run();
