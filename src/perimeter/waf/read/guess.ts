import type { Problem } from '../waf.ts';
import { createFormReader } from './form.ts';
import { createJsonReader } from './json.ts';
import { createContentReader, messageRunCharsMin } from './opaque.ts';
import type { Teller } from './teller.ts';
import type { TextReader } from './text-reader.ts';
import { createXmlReader } from './xml.ts';

const beginningBytes = 64;
/** Names of a form are short and plain; text in which a sentence has an equals sign is no form. */
const formBeginning = /^[A-Za-z_$][\w$.%+[\]-]*=[^\s<>"]*/;

/**
 * Reads a body whose type is unknown, plain text or absent as everything an application that ignores Content-Type would read it as: always as
 * text, and, going by its beginning, also as JSON, XML or a form. What breaks such a guess ends the guess; what exceeds a limit is a problem.
 */
export function createGuessReader(teller: Teller, method: string | undefined): TextReader {
  const text = createContentReader(teller, {
    place: { zone: 'text', name: '', part: 'value' },
    runCharsMin: messageRunCharsMin,
  });
  return withGuess(text, head => createGuess(teller, head, method));
}

/** Reads with `reader`, and with what `choose` makes of the first bytes as long as that finds no fault. */
export function withGuess(reader: TextReader, choose: (head: string) => TextReader | undefined): TextReader {
  let head = '';
  let isDecided = false;
  let guess: TextReader | undefined;

  function judge(found: Problem | undefined): Problem | undefined {
    if (found === undefined) return undefined;
    guess = undefined;
    return isOnlyWrong(found) ? undefined : found;
  }

  function decide(): Problem | undefined {
    isDecided = true;
    guess = choose(head.slice(0, beginningBytes));
    const bytes = head;
    head = '';
    return judge(guess?.write(bytes));
  }

  return {
    write(bytes) {
      const refusal = reader.write(bytes);
      if (refusal !== undefined) return refusal;
      if (isDecided) return judge(guess?.write(bytes));
      // Blanks before the beginning are no part of it, however many there are.
      head = (head + bytes).trimStart();
      return head.length < beginningBytes ? undefined : decide();
    },
    end: () => reader.end() ?? (isDecided ? undefined : decide()) ?? judge(guess?.end()),
  };
}

/** A guess that breaks its format, or whose keys are no keys, was wrong; that says nothing against the text, which is told as it stands. */
function isOnlyWrong({ kind }: Problem): boolean {
  return kind === 'malformed' || kind === 'unsupported' || kind === 'too_large';
}

/** A form that begins like JSON or XML is told as that too: scripts often post it without saying so. */
export function createFormBodyReader(teller: Teller, method: string | undefined): TextReader {
  return withGuess(createFormReader(teller, method), head => createMarkupGuess(teller, head));
}

/** The reader for what a text that begins like this may be; nothing when it is only text. */
function createGuess(teller: Teller, head: string, method: string | undefined): TextReader | undefined {
  const guess = createMarkupGuess(teller, head);
  return guess ?? (formBeginning.test(head.trimStart()) ? createFormReader(teller, method) : undefined);
}

/** A JSON or XML reader, when a text begins like that. */
export function createMarkupGuess(teller: Teller, head: string): TextReader | undefined {
  const first = head
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .charAt(0);
  if (first === '{' || first === '[') {
    return skipMark(decoded(createJsonReader(teller, { isSequence: true, isGuess: true })));
  }
  return first === '<' ? skipMark(decoded(createXmlReader(teller, { isGuess: true }))) : undefined;
}

/** Feeds bytes (one character each) to a reader of text, with U+FFFD for what is no UTF-8, as lenient applications decode it. */
function decoded(reader: TextReader): TextReader {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    write: bytes => reader.write(decoder.decode(Buffer.from(bytes, 'latin1'), { stream: true })),
    end() {
      const last = decoder.decode();
      return (last === '' ? undefined : reader.write(last)) ?? reader.end();
    },
  };
}

function skipMark(reader: TextReader): TextReader {
  let isFirst = true;
  return {
    write(bytes) {
      const text = isFirst && bytes.startsWith('\xef\xbb\xbf') ? bytes.slice(3) : bytes;
      isFirst = false;
      return reader.write(text);
    },
    end: () => reader.end(),
  };
}
