import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Log } from '../core/log.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** JSON lines to the stream, event name in `event`; errors with code and stack, secrets as `[secret]`. */
export function createLog(options: { level: LogLevel; stream: NodeJS.WritableStream }): Log {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      options.stream.write(chunk);
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
