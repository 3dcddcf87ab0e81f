import { Panel } from './panel.tsx';
import { SkeletonRows } from './skeleton-rows.tsx';

/** A panel whose content is not there yet. */
export function PanelSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <Panel>
      <SkeletonRows rows={rows} />
    </Panel>
  );
}
