import type { PrincipalRef } from '../../core/events.ts';
import type { AdminDeps } from '../deps.ts';

type Rooms = Pick<AdminDeps, 'access' | 'platformAccounts'>;

const platformMsMax = 5000;
const within = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(platformMsMax)]);

/** Ends what the platforms behind still hold for somebody whose sessions here have ended. */
export function leavePlatforms({ platformAccounts }: Rooms, userId: string, signal: AbortSignal): Promise<void> {
  return platformAccounts.leave(userId, within(signal));
}

/** Clears away what other rooms hold of somebody whose account is no more: accounts on platforms, roles, elevations, marks. */
export async function clearAfter(
  { access, platformAccounts }: Rooms,
  by: PrincipalRef,
  userId: string,
  signal: AbortSignal,
): Promise<void> {
  await platformAccounts.forgetPerson(userId, within(signal));
  await access.removeUser(by, userId);
}
