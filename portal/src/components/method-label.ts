const labels: ReadonlyMap<string, string> = new Map([
  ['totp', 'authenticator app'],
  ['recovery_code', 'recovery code'],
  ['link', 'one-time link'],
]);

/** A way of proving who one is, in words; what is not known is shown as it is. */
export function methodLabel(method: string): string {
  return labels.get(method) ?? method.replaceAll('_', ' ');
}
