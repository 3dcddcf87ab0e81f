import type { Db, Ground, Work } from '../ground.ts';

/** What a person should know of their account. */
export type NoticeKind =
  | 'new_network'
  | 'factor_added'
  | 'factor_removed'
  | 'recovery_code_used'
  | 'recovery_codes_made'
  | 'password_changed'
  | 'recovery_issued'
  | 'recovered'
  | 'key_made'
  | 'passkey_suspected'
  | 'linked';

export interface Notice {
  readonly id: string;
  readonly userId: string;
  readonly kind: NoticeKind;
  /** What it was about: a name of a key or passkey. */
  readonly what: string | null;
  /** Who did it, where it was not the person. */
  readonly by: string | null;
  readonly clientIp: string | null;
  readonly at: number;
  readonly readAt: number | null;
}

export interface NoticeInput {
  readonly userId: string;
  readonly kind: NoticeKind;
  readonly what?: string;
  readonly by?: string;
  readonly clientIp?: string;
}

/** One is kept for as long, and of one person so many: the newest. */
const keptMs = 400 * 24 * 3_600_000;
const perPersonMax = 200;

/** Those that stop the next sign-in for a look: what somebody else did, or what an intruder would do first. */
const urgent: readonly NoticeKind[] = ['recovery_issued', 'recovered', 'factor_removed', 'passkey_suspected', 'linked'];

/** Keeps one, in the transaction of what it tells. */
export async function notify(work: Work, input: NoticeInput): Promise<void> {
  await insertNotice(work.ground, work.tx, input);
}

/** As `notify`, where there is no change to go with. */
export async function insertNotice(ground: Ground, db: Db, input: NoticeInput): Promise<void> {
  const { what = null, by = null, clientIp = null } = input;
  await db
    .insertInto('identity_notices')
    .values({
      id: ground.newId(),
      user_id: input.userId,
      kind: input.kind,
      data: JSON.stringify({ what: what?.slice(0, 200) ?? null, by, clientIp }),
      at: ground.now(),
      read_at: null,
    })
    .execute();
}

/** Newest first, at most 200. */
export async function listNotices(ground: Ground, userId: string): Promise<Notice[]> {
  const rows = await ground.db
    .selectFrom('identity_notices')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(perPersonMax)
    .execute();
  return rows.map(row => {
    // Written by `insertNotice` alone.
    const data = JSON.parse(row.data) as { what: string | null; by: string | null; clientIp: string | null };
    return {
      ...data,
      id: row.id,
      userId: row.user_id,
      kind: row.kind as NoticeKind,
      at: row.at,
      readAt: row.read_at,
    };
  });
}

/** The unread ones that a person should see before they go on. */
export async function urgentNotices(ground: Ground, userId: string): Promise<Notice[]> {
  const all = await listNotices(ground, userId);
  return all.filter(notice => notice.readAt === null && urgent.includes(notice.kind));
}

export async function readNotices(ground: Ground, userId: string): Promise<void> {
  await ground.db
    .updateTable('identity_notices')
    .set({ read_at: ground.now() })
    .where('user_id', '=', userId)
    .where('read_at', 'is', null)
    .execute();
}

/** Forgets what is old. */
export async function forgetNotices(db: Db, now: number): Promise<void> {
  await db
    .deleteFrom('identity_notices')
    .where('at', '<', now - keptMs)
    .execute();
}
