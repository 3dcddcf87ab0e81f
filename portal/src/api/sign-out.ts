import { useAction, useMe } from './queries.ts';

/**
 * Ends this session and leaves for the sign-in page. Who came through a provider that people are sent to leaves for the gate's own page
 * instead, which ends the session and offers to end the one there too.
 */
export function useSignOut(): { readonly isPending: boolean; readonly signOut: () => void } {
  const { session } = useMe();
  const end = useAction('me.signOut', { onDone: () => window.location.assign('/.sallyport/sign-in') });
  const isFromElsewhere = session.methods.some(method => method === 'oidc' || method === 'saml');
  return {
    isPending: end.isPending,
    signOut: () => (isFromElsewhere ? window.location.assign('/.sallyport/sign-out') : end.mutate({})),
  };
}
