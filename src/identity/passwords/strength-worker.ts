/** The thread in which passwords are judged: text in, yes or no out. It keeps nothing. */
import { parentPort } from 'node:worker_threads';
import { createStrengthRule } from './strength-rule.ts';

const isStrong = createStrengthRule();

parentPort?.on('message', ({ password, context }: { password: string; context: readonly string[] }) => {
  parentPort?.postMessage({ isStrong: isStrong(password, context) });
});
