import type { Place, Problem } from '../waf.ts';
import { placeNameCharsMax } from './field.ts';
import { createPairs } from './pairs.ts';
import { percentReadings } from './percent.ts';
import type { Teller } from './teller.ts';
import type { TextReader } from './text-reader.ts';

const headCharsMax = 8 * 1024;
const requestLine = /^(GET|HEAD|POST|PUT|PATCH|MERGE|DELETE) (\S{1,4096}) HTTP\/1\.[01]$/;
const fieldLine = /^([A-Za-z0-9-]{1,64}):[ \t]*(.*)$/;

/**
 * Reads a part of a batch (`application/http`: OData 4.01 part 1 section 11.7.7, the batches of Google's and Azure's storage): a request's line
 * and fields are told as what they are, what follows goes to `content`. Anything else goes there whole.
 */
export function createHttpPartReader(teller: Teller, content: TextReader): TextReader {
  let head = '';
  let isDecided = false;

  function decide(): Problem | undefined {
    isDecided = true;
    const held = head;
    head = '';
    const start = /^\s{0,8}/.exec(held)?.[0].length ?? 0;
    const end = headEnd(held, start);
    const [first = '', ...fields] = held.slice(start, end).trimEnd().split(/\r?\n/);
    const line = requestLine.exec(first);
    const parsed = fields.map(field => fieldLine.exec(field));
    if (line === null || parsed.includes(null)) return content.write(held);
    const refusal = tellTarget(teller, line[2] ?? '', line[1]);
    if (refusal !== undefined) return refusal;
    for (const field of parsed) {
      const name = (field?.[1] ?? '').toLowerCase().slice(0, placeNameCharsMax);
      teller.tell({ zone: 'multipart', name, part: 'value' }, field?.[2] ?? '');
    }
    return content.write(held.slice(end));
  }

  return {
    write(text) {
      if (isDecided) return content.write(text);
      head += text;
      return headEnd(head, 8) < head.length || head.length > headCharsMax ? decide() : teller.problem;
    },
    end: () => (isDecided ? undefined : decide()) ?? content.end(),
  };
}

/** Where the empty line behind the fields begins; the text's length where there is none. */
function headEnd(text: string, from: number): number {
  const strict = text.indexOf('\r\n\r\n', from);
  const loose = text.indexOf('\n\n', from);
  const ends = [strict, loose].filter(at => at >= 0);
  return ends.length === 0 ? text.length : Math.min(...ends);
}

function tellTarget(teller: Teller, target: string, method: string | undefined): Problem | undefined {
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const place: Place = { zone: 'multipart', name: 'target', part: 'value' };
  for (const reading of percentReadings(path, { isForm: false, isBytes: true })) teller.tell(place, reading);
  if (question < 0) return undefined;
  const pairs = createPairs(teller, { zone: 'query', isBytes: true, method });
  return pairs.all(target.slice(question + 1)) ?? pairs.end();
}
