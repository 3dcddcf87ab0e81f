import type { CustomRoles } from '../../access/access.ts';
import { withoutElevations } from '../../access/access.ts';
import type { Compiled } from '../compiled.ts';
import type { Exchange } from '../exchange.ts';
import type { PersonPolicy } from '../snapshot.ts';

/** A person as a decision about them needs it: their roles, those made here, and the time it is. */
export interface Standing {
  readonly person: PersonPolicy;
  /** Who answers for a service account; missing where nobody does any more, or where it is none. */
  readonly owner?: PersonPolicy;
  readonly now: number;
  readonly roles: CustomRoles;
}

/** How a person stands in this exchange. What is done with an API key is done without elevations: those are for the person at the browser. */
export function standingOf(
  exchange: Exchange,
  person: PersonPolicy,
  { now, policy }: { readonly now: number; readonly policy: Compiled },
): Standing {
  const owner = person.ownerId === undefined ? undefined : policy.snapshot.people.get(person.ownerId);
  return {
    person,
    ...(owner === undefined ? {} : { owner }),
    now: exchange.signedIn?.apiKey === undefined ? now : withoutElevations,
    roles: policy.snapshot.roles,
  };
}
