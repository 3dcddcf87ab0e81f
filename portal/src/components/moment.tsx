import { Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { exactTime, logTime, relativeTime } from './time.ts';

/** A time as people read it, the exact one on hover or focus. */
export function Moment({ time, form = 'relative' }: { time: number; form?: 'relative' | 'log' }) {
  const now = useMinute();
  return (
    <Tooltip label={exactTime(time)}>
      <time dateTime={new Date(time).toISOString()} className="nowrap">
        {form === 'log' ? logTime(time) : relativeTime(time, now)}
      </time>
    </Tooltip>
  );
}

const minuteMs = 60_000;

/** The present, renewed every minute, so that "4 min ago" does not lie. */
function useMinute(): number {
  return useSyncExternalStore(
    changed => {
      const timer = setInterval(changed, minuteMs / 2);
      return () => clearInterval(timer);
    },
    () => Math.floor(Date.now() / (minuteMs / 4)) * (minuteMs / 4) + minuteMs / 4,
  );
}
