import type { PlatformFact } from '../platforms/platforms.ts';

const namesMax = 10_000;

/**
 * Remembers what workflows are called, since not every fact about one says it. A fact without a name gets the one last heard for the same
 * resource of the same site. Bounded: the name longest unheard is forgotten first.
 */
export function createNameMemory(): (siteId: string, fact: PlatformFact) => PlatformFact {
  const names = new Map<string, string>();
  return (siteId, fact) => {
    const key = `${siteId}|${fact.resource.kind}|${fact.resource.id}`;
    const name = fact.resource.name ?? names.get(key);
    if (name === undefined) return fact;
    names.delete(key);
    names.set(key, name);
    const oldest = names.size > namesMax ? names.keys().next().value : undefined;
    if (oldest !== undefined) names.delete(oldest);
    return fact.resource.name === undefined ? { ...fact, resource: { ...fact.resource, name } } : fact;
  };
}
