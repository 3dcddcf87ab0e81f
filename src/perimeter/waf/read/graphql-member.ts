import type { Problem } from '../waf.ts';
import { createGraphqlReader } from './graphql.ts';
import type { Teller } from './teller.ts';
import type { TextReader } from './text-reader.ts';

/** A JSON or query member that may hold a GraphQL document. */
export type GraphqlMember = TextReader;

/**
 * Reads a value as GraphQL as long as it is that; from the first character that is not, it is silent, since the value was told as it stands.
 * What is GraphQL and exceeds a limit is a problem all the same.
 */
export function createGraphqlMember(teller: Teller): GraphqlMember {
  let reader: TextReader | undefined;
  let isAlive = true;
  function judge(found: Problem | undefined): Problem | undefined {
    if (found === undefined) return undefined;
    isAlive = false;
    return found.kind === 'too_deep' || found.kind === 'too_many' ? found : undefined;
  }
  return {
    write(text) {
      if (!isAlive || text === '') return undefined;
      if (reader === undefined) {
        isAlive = mayBeGraphql(text);
        if (!isAlive) return undefined;
        reader = createGraphqlReader(teller);
      }
      return judge(reader.write(text));
    },
    end: () => (isAlive && reader !== undefined ? judge(reader.end()) : undefined),
  };
}

const beginning = /^[\s,]*(?:\{|#|(?:query|mutation|subscription|fragment)\b)/;

/** Whether the first characters of a text are those of a GraphQL document. */
export function mayBeGraphql(text: string): boolean {
  return beginning.test(text.length > 256 ? text.slice(0, 256) : text);
}
