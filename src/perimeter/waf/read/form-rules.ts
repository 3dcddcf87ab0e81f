import type { Rule } from '../waf.ts';

/** What a head can say of itself that no honest client says: found by its whole, not in one value, and so by no detector. */
export const formRules = [
  { id: 'protocol.method', title: 'a method that nobody forwards, or one without what it needs' },
  { id: 'protocol.switch', title: 'a switch to a protocol that nobody would judge' },
  { id: 'protocol.host', title: 'a host that is no name, no address or no site' },
  { id: 'protocol.options', title: 'options or trailers that take fields away or bring them too late' },
  { id: 'protocol.field', title: 'a field that breaks its own grammar' },
  { id: 'protocol.forwarded', title: 'the words of a proxy without who asked it' },
  { id: 'protocol.filled', title: 'a field that is filled up to break a limit' },
  { id: 'protocol.disguised', title: 'a field that some servers read as another one' },
  { id: 'protocol.stored', title: 'a program put where the server would run it' },
  { id: 'protocol.cached', title: "a person's page that a cache would keep as a file" },
  { id: 'protocol.path', title: 'a path that servers read in two ways' },
  { id: 'protocol.query', title: 'a parameter that servers read in two ways' },
  { id: 'protocol.overlong', title: 'a sign in more bytes than it has' },
  { id: 'protocol.inside', title: 'a caller who says to be the machine itself or its master' },
  { id: 'protocol.hole', title: 'a way into a product that no page of it uses' },
] as const satisfies readonly Pick<Rule, 'id' | 'title'>[];

/** A rule about a head as a whole. */
export type FormRule = (typeof formRules)[number]['id'];
