import { createJsonReader } from './read/json.ts';
import { createTeller, overlapChars } from './read/teller.ts';
import type { TextReader } from './read/text-reader.ts';
import { type LeafSink, type Place, type Problem, readLimits } from './waf.ts';

/** Reads JSON that stands in strings so long that they come in windows. */
export interface LongJson {
  /** Takes a window of a value; `isPartial` when the value goes on. A problem when what is inside is too deep or too much. */
  window(place: Place, text: string, isPartial: boolean): Problem | undefined;
}

/** Values whose windows come in turn, beyond which the oldest is given up; readers tell at most two at once. */
const openMax = 4;
const nameCharsMax = 256;

interface Open {
  readonly place: Place;
  readonly reader: TextReader;
  /** How the next window begins. */
  tail: string;
}

/** Tells every name and string inside, in windows too where they are that long, under the name of the value they stand in. */
export function createLongJson(tell: LeafSink['leaf']): LongJson {
  let open: Open[] = [];

  function goOn(one: Open, text: string, isPartial: boolean): Problem | undefined {
    const fresh = text.slice(one.tail.length);
    const found = one.reader.write(fresh) ?? (isPartial ? undefined : one.reader.end());
    if (found !== undefined || !isPartial) open = open.filter(other => other !== one);
    one.tail = text.slice(-overlapChars);
    // What is no JSON after all is judged as the text it is.
    return found?.kind === 'too_deep' || found?.kind === 'too_many' ? found : undefined;
  }

  return {
    window(place, text, isPartial) {
      const known = open.find(one => isSame(one.place, place) && text.startsWith(one.tail));
      if (known !== undefined) return goOn(known, text, isPartial);
      if (!isPartial || !/^[ \t\r\n]{0,512}[[{]/.test(text)) return undefined;
      const sink: LeafSink = { leaf: (inner, value, goesOn) => tell(below(place, inner), value, goesOn) };
      const reader = createJsonReader(createTeller(sink, readLimits), { isSequence: false, isGuess: true });
      const made: Open = { place: { ...place }, reader, tail: '' };
      open = [...open.slice(1 - openMax), made];
      return goOn(made, text, isPartial);
    },
  };
}

function below({ zone, name }: Place, inner: Place): Place {
  const path = inner.name === '' || inner.name.startsWith('[') || name === '' ? inner.name : `.${inner.name}`;
  return { zone, name: (name + path).slice(0, nameCharsMax), part: inner.part };
}

function isSame(one: Place, other: Place): boolean {
  return one.name === other.name && one.zone === other.zone && one.part === other.part;
}
