import { OverlayMap } from './overlay-map.ts';
import type { PolicySnapshot, SnapshotChange, SnapshotUpdate } from './snapshot.ts';

const sections = ['sessions', 'apiKeys', 'people', 'roles', 'assignments', 'platformSessions'] as const;

/**
 * The snapshot after an update; the one given stays as it was and sections without a change are shared. Undefined when a delta does not
 * follow the revision held: the caller then needs the full snapshot. Pure.
 */
export function applyUpdate(held: PolicySnapshot | undefined, update: SnapshotUpdate): PolicySnapshot | undefined {
  if (update.kind === 'full') return update.snapshot;
  if (held === undefined || update.revision !== held.revision + 1) return undefined;
  const changed: Record<string, OverlayMap<unknown>> = {};
  for (const section of sections) {
    const changes = update.changes.filter(change => change.section === section);
    if (changes.length > 0) changed[section] = OverlayMap.of<unknown>(held[section]).with(changes.map(toEntry));
  }
  // Each section holds values of its own type because `SnapshotChange` ties a value's type to its section.
  return { ...held, ...(changed as Partial<PolicySnapshot>), revision: update.revision };
}

function toEntry(change: SnapshotChange): readonly [string, unknown] {
  return [change.key, change.value];
}
