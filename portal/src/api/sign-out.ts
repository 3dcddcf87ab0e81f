import { useAction } from './queries.ts';

/** Ends this session and leaves for the sign-in page. */
export function useSignOut() {
  return useAction('me.signOut', { onDone: () => window.location.assign('/.sallyport/sign-in') });
}
