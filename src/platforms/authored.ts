/**
 * By action, the fields of a request that hold its author's own work, where code, SQL and markup are what the field is for. Patterns are
 * `zone:field`, with `[]` for list positions, `*` for one part of a name and `**` for any number of parts. An action that is not listed has
 * none.
 */
export type AuthoredByAction = Readonly<Record<string, readonly string[]>>;
