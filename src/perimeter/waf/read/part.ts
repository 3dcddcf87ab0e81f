import type { Place, Problem } from '../waf.ts';
import { createBytesValue } from './bytes-value.ts';
import { parseCharset } from './charset.ts';
import { placeNameCharsMax } from './field.ts';
import { createMarkupGuess, withGuess } from './guess.ts';
import { createHttpPartReader } from './http-part.ts';
import { createContentReader, fileRunCharsMin } from './opaque.ts';
import { isOverride } from './override.ts';
import type { PartHead } from './part-head.ts';
import { problem } from './problem.ts';
import type { Teller } from './teller.ts';
import type { TextReader } from './text-reader.ts';

/** What the body knows about a part beside its head. */
export interface PartContext {
  /** The first part of this name. */
  readonly isFirst: boolean;
  readonly method: string | undefined;
  readonly isFormData: boolean;
}

/**
 * Tells the head of a part at once and its content as it arrives: a field as text of its name, and a file in windows. What says it is JSON or
 * XML, or begins like it, is told as that too.
 */
export function createPartReader(teller: Teller, head: PartHead, context: PartContext): TextReader {
  const name = (head.name ?? '').replaceAll(/\[[0-9]+\]/g, '[]').slice(0, placeNameCharsMax);
  const isFile = head.fileNames.length > 0;
  tellHead(teller, head, { name, isFirst: context.isFirst });
  const refusal = refuseCharset(head);
  if (refusal !== undefined) return { write: () => refusal, end: () => refusal };
  const place: Place = { zone: isFile ? 'file' : 'multipart', name, part: 'value' };
  const content = isFile
    ? createContentReader(teller, { place, runCharsMin: fileRunCharsMin })
    : createFieldReader(teller, place, name === '_method' ? context.method : undefined);
  if (isFile) return content;
  const field = withGuess(content, begin => createMarkupGuess(teller, begin));
  const isRequest = !context.isFormData && head.type?.essence === 'application/http';
  return isRequest ? createHttpPartReader(teller, field) : field;
}

function tellHead(teller: Teller, head: PartHead, { name, isFirst }: { name: string; isFirst: boolean }): void {
  if (isFirst || head.fileNames.length > 0) teller.tell({ zone: 'multipart', name, part: 'name' }, head.name ?? '');
  for (const fileName of head.fileNames) {
    teller.tell({ zone: 'multipart', name: `${name}.filename`, part: 'value' }, fileName);
  }
  for (const [field, value] of head.others) {
    teller.tell({ zone: 'multipart', name: `${name}.${field}`.slice(0, placeNameCharsMax), part: 'value' }, value);
  }
}

/** Readers that heed the charset of a part would see other text than those that do not. */
function refuseCharset(head: PartHead): Problem | undefined {
  const label = head.type?.parameters.get('charset');
  if (label === undefined) return undefined;
  const charset = parseCharset(label);
  if (typeof charset !== 'string') return charset;
  return charset.startsWith('utf-16') ? problem('unsupported', 'multipart: a part in UTF-16') : undefined;
}

function createFieldReader(teller: Teller, place: Place, method: string | undefined): TextReader {
  const value = createBytesValue(teller, place);
  let start = '';
  return {
    write(bytes) {
      value.write(bytes);
      if (method !== undefined && start.length < 32) start += bytes.slice(0, 32);
      return teller.problem;
    },
    end() {
      value.end();
      return isOverride(method, start)
        ? problem('ambiguous', 'the field "_method" names another method than the request', place)
        : teller.problem;
    },
  };
}
