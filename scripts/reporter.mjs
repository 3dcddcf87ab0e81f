// Ends every run with `N passed, N failed, N skipped` and fails a run in which no test ran: `node --test` itself
// exits 0 when no file matches. Prints failures in full, skips with their reason, and slow tests.
import { relative } from 'node:path';

const slowMs = 10_000;

export default async function* report(source) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  for await (const event of source) {
    const { data } = event;
    if (event.type === 'test:stderr' && process.env.TEST_STDERR) yield data.message;
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    if (data.details?.type === 'suite' && event.type === 'test:pass') continue;
    const where = data.file ? `${relative(process.cwd(), data.file)}:${data.line}` : '';
    if (data.skip !== undefined || data.todo !== undefined) {
      counts.skipped++;
      yield `skipped: ${data.name} (${typeof data.skip === 'string' ? data.skip : 'no reason given'}) ${where}\n`;
    } else if (event.type === 'test:pass') {
      counts.passed++;
      if (data.details.duration_ms > slowMs)
        yield `slow: ${data.name} ${(data.details.duration_ms / 1000).toFixed(1)} s\n`;
    } else if (!isOnlySubtestFailure(data)) {
      counts.failed++;
      const error = data.details.error;
      failures.push(`✖ ${data.name}  ${where}\n${indent(error?.cause?.stack ?? error?.stack ?? String(error))}\n`);
      yield failures.at(-1);
    }
  }
  if (failures.length > 3) yield `\nFailures again:\n${failures.join('')}`;
  if (counts.passed + counts.failed === 0) {
    counts.failed = 1;
    yield 'No test ran.\n';
  }
  if (counts.failed > 0) process.exitCode = 1;
  yield `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`;
}

function isOnlySubtestFailure(data) {
  return data.details?.error?.failureType === 'subtestsFailed';
}

function indent(text) {
  return text.replaceAll(/^/gm, '    ');
}
