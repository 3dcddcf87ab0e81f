import type { Notice, NoticeKind } from '../identity/identity.ts';

const texts: Readonly<Record<NoticeKind, (notice: Notice) => string>> = {
  new_network: () => 'Signed in from a network that was not used before.',
  factor_added: ({ what }) => `Added to what you sign in with: ${what ?? 'a factor'}.`,
  factor_removed: ({ what, by }) =>
    `${by === null ? 'Removed' : `${by} removed`} from what you sign in with: ${what ?? 'a factor'}.`,
  recovery_code_used: () => 'A recovery code was used to sign in.',
  recovery_codes_made: () => 'New recovery codes were made; the old ones are void.',
  password_changed: () => 'The password was changed.',
  recovery_issued: ({ by }) => `${by ?? 'An administrator'} made a link to recover your account.`,
  recovered: ({ by }) => `Your account was recovered by a link${by === null ? '' : ` that ${by} made`}.`,
  key_made: ({ what }) => `An API key was made: ${what ?? 'without a name'}.`,
  passkey_suspected: ({ what }) =>
    `The passkey "${what ?? ''}" may have been copied: it was refused. Remove it if you cannot explain it.`,
  linked: ({ by, what }) =>
    `${by ?? 'An administrator'} said that an account at ${what ?? 'a provider'} is yours: who holds it there signs in as you here.`,
};

/** One sentence for the person whose account it is. */
export function noticeText(notice: Notice): string {
  return texts[notice.kind](notice);
}
