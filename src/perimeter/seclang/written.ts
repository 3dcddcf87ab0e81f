import type { Macro } from './macro.ts';
import { toNumber } from './operators.ts';
import type { SetVariable } from './rule.ts';
import type { Entry } from './transaction.ts';
import type { Variable } from './variables.ts';

/** What rules write: `TX` and the other collections of their own, for one transaction. Names are without regard to case. */
export interface Written {
  get(variable: Variable, key: string): string | undefined;
  set(variable: Variable, key: string, value: string): void;
  all(variable: Variable): Entry[];
  /** Carries a `setvar` out. */
  apply(change: SetVariable, expand: (macro: Macro) => string): void;
  /** Sets `TX:0` to `TX:9`; those without a group are taken away. */
  capture(groups: readonly string[]): void;
}

const keysMax = 2000;
const groupsMax = 10;

/** An empty set of collections. */
export function createWritten(): Written {
  const collections = new Map<Variable, Map<string, string>>();
  const of = (variable: Variable) => {
    let found = collections.get(variable);
    if (found === undefined) {
      found = new Map();
      collections.set(variable, found);
    }
    return found;
  };
  const set = (variable: Variable, key: string, value: string) => {
    const map = of(variable);
    if (map.size < keysMax || map.has(key)) map.set(key, value);
  };
  return {
    get: (variable, key) => collections.get(variable)?.get(key),
    set,
    all(variable) {
      const out: Entry[] = [];
      for (const [key, value] of collections.get(variable) ?? []) out.push({ variable, key, value });
      return out;
    },
    apply({ collection, key, act, value }, expand) {
      const name = expand(key).toLowerCase();
      const map = of(collection);
      if (act === 'delete') map.delete(name);
      else if (act === 'set') set(collection, name, expand(value));
      else {
        const step = toNumber(expand(value));
        set(collection, name, String(toNumber(map.get(name) ?? '0') + (act === 'add' ? step : -step)));
      }
    },
    capture(groups) {
      const tx = of('TX');
      for (let group = 0; group < groupsMax; group++) {
        const text = groups[group];
        if (text === undefined) tx.delete(String(group));
        else tx.set(String(group), text);
      }
    },
  };
}
