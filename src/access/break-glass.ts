import type { PrincipalRef } from '../core/events.ts';
import { systemPrincipal } from '../core/events.ts';
import type { AccessDeps } from './ground.ts';
import { invalid } from './ground.ts';

const accountsMax = 20;

/** An account for emergencies. */
export interface BreakGlassAccount {
  readonly userId: string;
  readonly markedAt: number;
  readonly lastUsedAt: number | null;
}

/** Accounts for emergencies: an Owner's, kept aside, whose every sign-in raises an alarm. That `by` is an Owner is decided before. */
export interface BreakGlass {
  list(): Promise<BreakGlassAccount[]>;
  mark(by: PrincipalRef, person: { readonly id: string; readonly email: string }): Promise<void>;
  unmark(by: PrincipalRef, person: { readonly id: string; readonly email: string }): Promise<void>;
  /** A session was opened: if it is of such an account, records it at high severity. Returns whether it is. */
  noteSignIn(session: {
    readonly userId: string;
    readonly sessionId: string;
    readonly email: string;
    readonly clientIp: string | undefined;
  }): Promise<boolean>;
}

export function createBreakGlass(deps: AccessDeps): BreakGlass {
  const { db } = deps;
  return {
    async list() {
      const rows = await db.selectFrom('access_break_glass').selectAll().orderBy('marked_at').execute();
      return rows.map(row => ({ userId: row.user_id, markedAt: row.marked_at, lastUsedAt: row.last_used_at }));
    },
    async mark(by, person) {
      await db.transaction().execute(async tx => {
        const rows = await tx.selectFrom('access_break_glass').select('user_id').execute();
        if (rows.some(row => row.user_id === person.id)) return;
        if (rows.length >= accountsMax)
          throw invalid(`Cannot mark "${person.email}": there are ${accountsMax} accounts for emergencies`);
        await deps.audit.append({
          type: 'break_glass.marked',
          ...about(by, 'break_glass.mark', person),
          data: { email: person.email },
        });
        await tx
          .insertInto('access_break_glass')
          .values({ user_id: person.id, marked_at: deps.clock.now(), last_used_at: null })
          .execute();
      });
    },
    async unmark(by, person) {
      await db.transaction().execute(async tx => {
        const gone = await tx
          .deleteFrom('access_break_glass')
          .where('user_id', '=', person.id)
          .returning('user_id')
          .executeTakeFirst();
        if (!gone) return;
        await deps.audit.append({
          type: 'break_glass.unmarked',
          ...about(by, 'break_glass.unmark', person),
          data: { email: person.email },
        });
      });
    },
    async noteSignIn({ clientIp, email, sessionId, userId }) {
      const marked = await db
        .updateTable('access_break_glass')
        .set({ last_used_at: deps.clock.now() })
        .where('user_id', '=', userId)
        .returning('user_id')
        .executeTakeFirst();
      if (!marked) return false;
      await deps.audit.append({
        type: 'break_glass.used',
        ...about(systemPrincipal, 'break_glass.use', { id: userId, email }),
        ...(clientIp === undefined ? {} : { clientIp }),
        data: { email, sessionId },
      });
      return true;
    },
  };
}

const about = (by: PrincipalRef, action: string, person: { readonly id: string; readonly email: string }) => ({
  outcome: 'success' as const,
  principal: by,
  action,
  resource: { kind: 'user', id: person.id, name: person.email },
});
