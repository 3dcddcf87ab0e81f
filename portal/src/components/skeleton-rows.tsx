import { Skeleton } from '@mantine/core';
import styles from './skeleton-rows.module.css';

/** As many grey bars as rows are expected. */
export function SkeletonRows({ rows, height = 16 }: { rows: number; height?: number }) {
  return (
    <output className={styles.rows} aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} width={`${96 - ((index * 17) % 40)}%`} radius="xs" />
      ))}
    </output>
  );
}
