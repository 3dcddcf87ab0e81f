import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate as createZlib, createZstdDecompress } from 'node:zlib';

/** A compressed answer beside the one that is sent on. */
export interface InflatedCopy {
  write(chunk: Buffer): void;
  end(): void;
}

export interface InflateSink {
  readonly data: (chunk: Buffer) => void;
  /** Called once, also where a bound or an error ended it early. */
  readonly end: () => void;
}

/** Undefined for an encoding nobody knows, and while as many copies as may be are under way. */
export type Inflate = (encoding: string, sink: InflateSink) => InflatedCopy | undefined;

const copiesMax = 8;
const inBytesMax = 1024 * 1024;
const outBytesMax = 4 * 1024 * 1024;
const chunkSize = 32 * 1024;

/** Inflates copies for looking at, within bounds of number and bytes: what lies beyond them is not seen, and nothing waits for it. */
export function createInflate(): Inflate {
  let copies = 0;
  return (encoding, sink) => {
    const stream = copies < copiesMax ? decoderOf(encoding) : undefined;
    if (stream === undefined) return undefined;
    copies++;
    let [inBytes, outBytes] = [0, 0];
    let isOver = false;
    const close = (): void => {
      if (isOver) return;
      isOver = true;
      copies--;
      stream.destroy();
      sink.end();
    };
    stream.on('data', (chunk: Buffer) => {
      outBytes += chunk.length;
      if (isOver) return;
      sink.data(chunk);
      if (outBytes >= outBytesMax) close();
    });
    stream.on('end', close);
    stream.on('error', close);
    return {
      write(chunk) {
        if (isOver) return;
        inBytes += chunk.length;
        if (inBytes > inBytesMax) close();
        else stream.write(chunk);
      },
      end() {
        if (!isOver) stream.end();
      },
    };
  };
}

function decoderOf(encoding: string): Transform | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip({ chunkSize });
    case 'deflate':
      return createZlib({ chunkSize });
    case 'br':
      return createBrotliDecompress({ chunkSize });
    case 'zstd':
      return createZstdDecompress({ chunkSize });
    default:
      return undefined;
  }
}
