/** Shows the dialog in which a person proves again who they are; resolves with whether they did. */
export type Ask = () => Promise<boolean>;

let asking: Promise<boolean> | undefined;
let ask: Ask | undefined;

/** The dialog registers itself here while it is mounted; returns the way to take it back. */
export function provideConfirmation(next: Ask): () => void {
  ask = next;
  return () => {
    if (ask === next) ask = undefined;
  };
}

/** Asks once, however many calls wait for the answer. False when there is nobody to ask or the person declines. */
export function confirmIdentity(): Promise<boolean> {
  if (ask === undefined) return Promise.resolve(false);
  asking ??= ask().finally(() => {
    asking = undefined;
  });
  return asking;
}
