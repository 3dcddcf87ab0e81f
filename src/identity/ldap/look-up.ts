import { OrFilter } from 'ldapts';
import type { ExternalOutcome } from '../federation/federation.ts';
import type { LdapSettings } from '../provider-settings.ts';
import type { DirectoryGround } from './authenticate.ts';
import { refused } from './authenticate.ts';
import type { Connection } from './connection.ts';
import { bindService, connect, operatorError } from './connection.ts';
import type { DirectoryEntry } from './entry.ts';
import { subjectFilter, subjectOf } from './entry.ts';
import { directoryError } from './escape.ts';
import { personAttributes, readPerson } from './person.ts';

const subjectsPerFilter = 50;
const readsAtOnce = 4;

/** People by subject as the directory has them now, many in one filter. An answer cut short is an error and never "gone". */
export async function lookUp(
  { settings, deps, trust }: DirectoryGround,
  subjects: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ExternalOutcome>> {
  const { bind } = settings;
  if (bind.kind !== 'service') throw directoryError('Cannot look people up in the directory: want a service bind');
  const wanted = [...new Set(subjects)];
  const outcomes = new Map<string, ExternalOutcome>();
  if (wanted.length === 0) return outcomes;
  await using connection = await connect(settings, trust, signal);
  await bindService(connection, bind.dn, deps.secret);
  for (let at = 0; at < wanted.length; at += subjectsPerFilter) {
    const some = wanted.slice(at, at + subjectsPerFilter);
    const bySubject = await findSubjects(connection, settings, some);
    const read = async (subject: string): Promise<void> => {
      const [entry, ...others] = bySubject.get(subject) ?? [];
      const now = deps.clock.now();
      outcomes.set(
        subject,
        entry === undefined
          ? refused({ reason: 'unknown', detail: 'The directory has no such person any more' })
          : others.length > 0
            ? refused({ reason: 'ambiguous', detail: 'The directory has this person more than once' })
            : await readPerson(connection, settings, { entry, now, provedAt: null }),
      );
    };
    for (let from = 0; from < some.length; from += readsAtOnce) {
      await Promise.all(some.slice(from, from + readsAtOnce).map(read));
    }
  }
  return outcomes;
}

async function findSubjects(
  connection: Connection,
  settings: LdapSettings,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, readonly DirectoryEntry[]>> {
  const filters = subjects.map(subject => subjectFilter(subject, settings)).filter(filter => filter !== null);
  if (filters.length === 0) return new Map();
  const search = { base: settings.baseDn, filter: new OrFilter({ filters }), attributes: personAttributes(settings) };
  try {
    const { entries, isMore } = await connection.search({ ...search, max: 2 * subjectsPerFilter });
    if (isMore) throw directoryError(`Cannot look people up: "${settings.attributes.id}" is not one person's alone`);
    return Map.groupBy(entries, entry => subjectOf(entry, settings) ?? '');
  } catch (error) {
    throw operatorError(error, { act: `look people up below "${settings.baseDn}"` });
  }
}
