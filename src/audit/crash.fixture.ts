/** A process that appends until it is killed and says which events were acknowledged. Started by crash.test.ts. */
import { writeSync } from 'node:fs';
import { eventNamed, openAudit } from './audit.fixture.ts';

const [dir = '', round = ''] = process.argv.slice(2);
const open = await openAudit(dir);
writeSync(1, 'ready\n');
for (let lane = 0; lane < 8; lane++) {
  void (async () => {
    for (let i = 0; ; i++) {
      const name = `${round}-${lane}-${i}`;
      await open.audit.append(eventNamed(name));
      writeSync(1, `${name}\n`);
      if (i % 10 === 0) open.audit.enqueue(eventNamed(`queued-${name}`));
    }
  })();
}
