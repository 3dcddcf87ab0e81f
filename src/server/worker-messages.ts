import type {
  GatewayConfig,
  GatewayHealth,
  PlaneMessage,
  SnapshotUpdate,
  TlsMaterial,
  Wire,
} from '../gateway/gateway.ts';
import type { CoreRuleSetConfig } from '../perimeter/perimeter.ts';
import type { CountersAnswer, CountersAsk } from '../store/store.ts';

import type { FlowSettings } from './flow-side.ts';

/** How a data plane is, with the ports that sites want and another program has. */
export interface PlaneHealth extends GatewayHealth {
  readonly closedPorts: readonly number[];
}

/** What a worker process needs before it can open a port. */
export interface WorkerStart {
  readonly gateway: GatewayConfig;
  readonly coreRuleSet: CoreRuleSetConfig | undefined;
  readonly host: string;
  readonly mainPort: number;
  readonly planeSocket: string;
  readonly tls: TlsMaterial;
  readonly recording: boolean;
  readonly flows: FlowSettings | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** Main process → worker. Beside the policy: how it is started, given certificates, told whether the log records, and stopped. */
export type ToWorker =
  | { readonly kind: 'start'; readonly start: WorkerStart }
  | { readonly kind: 'update'; readonly number: number; readonly update: Wire<SnapshotUpdate> }
  | { readonly kind: 'tls'; readonly tls: TlsMaterial }
  | { readonly kind: 'recording'; readonly recording: boolean }
  | { readonly kind: 'taken'; readonly messages: number }
  | { readonly kind: 'counted'; readonly answer: CountersAnswer }
  | { readonly kind: 'drain' };

/** Worker → main process. */
export type FromWorker =
  | { readonly kind: 'listening' }
  | { readonly kind: 'applied'; readonly number: number; readonly fits: boolean; readonly health: PlaneHealth }
  | { readonly kind: 'messages'; readonly messages: readonly Wire<PlaneMessage>[] }
  | { readonly kind: 'health'; readonly health: PlaneHealth }
  /** The limits of all workers are counted in the main process. */
  | { readonly kind: 'count'; readonly ask: CountersAsk }
  /** Everything is answered, told and taken: the worker ends now. */
  | { readonly kind: 'drained' };
