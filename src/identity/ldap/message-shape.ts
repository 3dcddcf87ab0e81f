/**
 * The form of what a server may send (RFC 4511 section 4), checked before the client library reads it: it loops without end on a length
 * that runs past its element, and would read past what it was sent. Whatever is not one of the five answers below is refused.
 */

/** One LDAP answer as far as the framing has to know it. */
export interface MessageHead {
  readonly id: number;
  readonly operation: number;
}

/** The result of an operation (RFC 4511 section 4.1.9). */
export interface MessageResult extends MessageHead {
  readonly code: number;
  readonly text: string;
}

export const operations = { bind: 0x61, entry: 0x64, done: 0x65, reference: 0x73, extended: 0x78 } as const;
const tags = { boolean: 0x01, integer: 0x02, octets: 0x04, enumerated: 0x0a, sequence: 0x30, set: 0x31 } as const;
const controlsTag = 0xa0;
const attributeName = /^[A-Za-z0-9][A-Za-z0-9.-]*(?:;[A-Za-z0-9=_-]+)*$/;

/** Reads the head of one whole message; throws unless every length in it fits and it is an answer this client asks for. */
export function checkMessage(message: Buffer): MessageHead {
  const body = cursor(message, 0, message.length).only(tags.sequence);
  const id = body.integer(tags.integer);
  const operation = body.peek();
  const inner = body.enter(operation);
  switch (operation) {
    case operations.entry:
      checkEntry(inner);
      break;
    case operations.reference:
      inner.each(uri => uri.text(tags.octets));
      break;
    case operations.bind:
    case operations.done:
    case operations.extended:
      checkResult(inner);
      break;
    default:
      throw new Error(`Cannot read an LDAP message: operation 0x${operation.toString(16)} is not an answer`);
  }
  if (!body.isDone()) checkControls(body.only(controlsTag));
  return { id, operation };
}

/** The result in a message that `checkMessage` took. */
export function readResult(message: Buffer): MessageResult {
  const head = checkMessage(message);
  const body = cursor(message, 0, message.length).only(tags.sequence);
  body.integer(tags.integer);
  const inner = body.enter(head.operation);
  const code = inner.integer(tags.enumerated);
  inner.text(tags.octets);
  return { ...head, code, text: inner.text(tags.octets) };
}

/** The length of the message that begins here; null while too little of it came. Throws on what no LDAP server sends. */
export function messageLength(bytes: Buffer): number | null {
  if (bytes.length === 0) return null;
  if (bytes[0] !== tags.sequence) throw new Error('Cannot read an LDAP message: want a sequence');
  const first = bytes[1];
  if (first === undefined) return null;
  if (first < 0x80) return 2 + first;
  const size = first & 0x7f;
  if (size === 0 || size > 4) throw new Error('Cannot read an LDAP message: want a definite length of at most 4 bytes');
  return bytes.length < 2 + size ? null : 2 + size + bytes.readUIntBE(2, size);
}

function checkEntry(entry: Cursor): void {
  entry.text(tags.octets);
  entry.only(tags.sequence).each(list => {
    const attribute = list.enter(tags.sequence);
    const name = attribute.text(tags.octets);
    // The library keeps the name of an entry under "dn" among its attributes.
    if (!attributeName.test(name) || name.toLowerCase() === 'dn') {
      throw new Error('Cannot read an LDAP entry: odd attribute name');
    }
    attribute.only(tags.set).each(value => value.text(tags.octets));
  });
}

function checkResult(result: Cursor): void {
  result.integer(tags.enumerated);
  result.text(tags.octets);
  result.text(tags.octets);
  // Referral [3], serverSaslCreds [7], responseName [10], responseValue [11]: the library reads each as one string.
  result.each(rest => rest.text(rest.peek()));
}

function checkControls(controls: Cursor): void {
  controls.each(list => {
    const control = list.enter(tags.sequence);
    control.text(tags.octets);
    if (!control.isDone() && control.peek() === tags.boolean) control.integer(tags.boolean);
    if (!control.isDone()) control.text(tags.octets);
    control.end();
  });
}

interface Cursor {
  peek(): number;
  isDone(): boolean;
  end(): void;
  /** Into the next element, which must have this tag. */
  enter(tag: number): Cursor;
  /** The same, and nothing may come after it. */
  only(tag: number): Cursor;
  each(take: (at: Cursor) => void): void;
  text(tag: number): string;
  integer(tag: number): number;
}

function cursor(bytes: Buffer, start: number, end: number): Cursor {
  let at = start;
  const isDone = (): boolean => at === end;
  const take = (tag: number): { from: number; to: number } => {
    const found = bytes[at];
    if (at >= end || found !== tag) throw new Error(`Cannot read an LDAP message: want tag 0x${tag.toString(16)}`);
    const { from, length } = readLength(bytes, at + 1, end);
    if (length > end - from) throw new Error('Cannot read an LDAP message: an element is longer than what holds it');
    at = from + length;
    return { from, to: at };
  };
  const self: Cursor = {
    isDone,
    peek: () => bytes[at < end ? at : bytes.length] ?? 0,
    end: () => {
      if (!isDone()) throw new Error('Cannot read an LDAP message: something follows its end');
    },
    enter: tag => {
      const { from, to } = take(tag);
      return cursor(bytes, from, to);
    },
    only: tag => {
      const inner = self.enter(tag);
      self.end();
      return inner;
    },
    each: each => {
      while (!isDone()) each(self);
    },
    text: tag => {
      const { from, to } = take(tag);
      return bytes.toString('utf8', from, to);
    },
    integer: tag => {
      const { from, to } = take(tag);
      if (to - from < 1 || to - from > 4)
        throw new Error('Cannot read an LDAP message: want an integer of 1 to 4 bytes');
      return bytes.readIntBE(from, to - from);
    },
  };
  return self;
}

function readLength(bytes: Buffer, at: number, end: number): { from: number; length: number } {
  const first = at < end ? bytes[at] : undefined;
  if (first === undefined) throw new Error('Cannot read an LDAP message: want a length');
  if (first < 0x80) return { from: at + 1, length: first };
  const size = first & 0x7f;
  if (size === 0 || size > 4 || at + 1 + size > end) {
    throw new Error('Cannot read an LDAP message: want a definite length of at most 4 bytes');
  }
  return { from: at + 1 + size, length: bytes.readUIntBE(at + 1, size) };
}
