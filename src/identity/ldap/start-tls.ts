import type { Socket } from 'node:net';
import { messageLength, operations, readResult } from './message-shape.ts';

/** LDAPMessage 1: ExtendedRequest with the name of StartTLS (RFC 4511 sections 4.12 and 4.14). */
const name = Buffer.from('1.3.6.1.4.1.1466.20037');
const request = Buffer.concat([
  Buffer.from([0x30, 7 + name.length, 0x02, 0x01, 0x01, 0x77, 2 + name.length, 0x80, name.length]),
  name,
]);
const answerBytesMax = 4096;

/**
 * Asks for StartTLS on a fresh connection and waits for the yes. The socket is then paused and nothing that came in the clear is kept: bytes
 * after the answer mean that someone on the way speaks for the server, and end the connection.
 */
export async function askStartTls(socket: Socket): Promise<void> {
  const answer = await new Promise<Buffer>((resolve, reject) => {
    let kept: Buffer = Buffer.alloc(0);
    const over = (error?: Error): void => {
      socket.off('data', take).off('error', over).off('close', closed);
      socket.pause();
      if (error) reject(error);
      else resolve(kept);
    };
    const closed = (): void => over(new Error('the server closed the connection when asked to encrypt (StartTLS)'));
    const take = (chunk: Buffer): void => {
      kept = Buffer.concat([kept, chunk]);
      try {
        const length = messageLength(kept);
        if (length !== null && length > answerBytesMax) throw new Error('the answer to StartTLS is too long');
        if (length !== null && kept.length >= length) over();
      } catch (error) {
        over(error instanceof Error ? error : new Error(String(error)));
      }
    };
    socket.on('data', take).on('error', over).on('close', closed);
    socket.write(request);
  });
  if (answer.length !== messageLength(answer) || socket.readableLength > 0) {
    throw new Error('the server sent more in the clear after agreeing to encrypt: someone may be in between');
  }
  const { id, operation, code, text } = readResult(answer);
  if (id !== 1 || operation !== operations.extended) throw new Error('the server did not answer StartTLS');
  if (code !== 0) {
    throw new Error(`the server refuses StartTLS (result ${code} "${text.slice(0, 100)}"): use ldaps:// instead`);
  }
}
