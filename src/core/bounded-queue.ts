import { SallyportError } from './errors.ts';

/** A first-in first-out queue that refuses (`core.queue_full`) beyond its bounds instead of growing. */
export interface BoundedQueue<T> {
  /** Throws `core.queue_full` when either bound would be passed; the item is then not in the queue. */
  push(item: T): void;
  /** Takes up to `countMax` items and at least one if there is any. */
  take(countMax: number): T[];
  readonly length: number;
  readonly bytes: number;
}

export function createBoundedQueue<T>(bounds: {
  name: string;
  countMax: number;
  bytesMax: number;
  sizeOf: (item: T) => number;
}): BoundedQueue<T> {
  let items: T[] = [];
  let head = 0;
  let bytes = 0;
  return {
    push(item) {
      const size = bounds.sizeOf(item);
      if (items.length - head >= bounds.countMax || bytes + size > bounds.bytesMax) {
        throw new SallyportError(
          'core.queue_full',
          `Cannot add to queue "${bounds.name}": it holds ${items.length - head} items and ${bytes} bytes, at most ${bounds.countMax} and ${bounds.bytesMax} are allowed`,
        );
      }
      items.push(item);
      bytes += size;
    },
    take(countMax) {
      const taken = items.slice(head, head + countMax);
      head += taken.length;
      for (const item of taken) bytes -= bounds.sizeOf(item);
      if (head === items.length) {
        items = [];
        head = 0;
      } else if (head > 1024 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return taken;
    },
    get length() {
      return items.length - head;
    },
    get bytes() {
      return bytes;
    },
  };
}
