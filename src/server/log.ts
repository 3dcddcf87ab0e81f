import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Log } from '../core/log.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const waitingBytesMax = 16 * 1024 * 1024;

/**
 * JSON lines to the stream, event name in `event`; errors with code and stack, secrets as `[secret]`. A stream that fails or does not keep up
 * costs log lines, never the gate: from then on lines go to `fallback`, where there is one.
 */
export function createLog(options: {
  level: LogLevel;
  stream: NodeJS.WritableStream & { readonly writableLength: number };
  fallback?: NodeJS.WritableStream;
}): Log {
  let hasFailed = false;
  let lost = 0;
  options.stream.on('error', () => {
    hasFailed = true;
  });
  const sink = new Writable({
    write(chunk, _encoding, done) {
      if (hasFailed) options.fallback?.write(chunk);
      else if (options.stream.writableLength > waitingBytesMax) lost++;
      else {
        if (lost > 0) options.stream.write(`${JSON.stringify({ level: 50, event: 'log.lines_lost', lost })}\n`);
        lost = 0;
        options.stream.write(chunk);
      }
      done();
    },
  });
  return wrap(
    pino(
      {
        level: options.level,
        base: null,
        messageKey: 'event',
        serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
      },
      sink,
    ),
  );
}

function wrap(logger: pino.Logger): Log {
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
    child: fields => wrap(logger.child(fields)),
  };
}
