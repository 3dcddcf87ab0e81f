import path from 'node:path';
import type { FlowLog, FlowLogDeps } from '../gateway/gateway.ts';
import { createFlowLog } from '../gateway/gateway.ts';
import type { LoadedConfig } from './config.ts';

/** Where and how the flow log is written; the same for every process that writes it. */
export type FlowSettings = Pick<FlowLogDeps, 'dir' | 'days' | 'bytesMax'>;

/** Undefined when the log is off. */
export function flowSettings({ baseDir, config, dataDir }: LoadedConfig): FlowSettings | undefined {
  const { bytesMax, days, dir, enabled } = config.flowLog;
  if (!enabled) return undefined;
  return { bytesMax, days, dir: dir === undefined ? path.join(dataDir, 'flow') : path.resolve(baseDir, dir) };
}

/** The log of this process, or none. Workers write files of their own into the same folder: nothing crosses a pipe for a connection. */
export function openFlowLog(
  settings: FlowSettings | undefined,
  deps: Pick<FlowLogDeps, 'writer' | 'clock' | 'log'>,
): FlowLog | undefined {
  return settings === undefined ? undefined : createFlowLog({ ...settings, ...deps });
}
