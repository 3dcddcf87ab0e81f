import type { CallInput, CallOptions } from '../../../src/admin/client.ts';
import { createClient, isApiProblem } from '../../../src/admin/client.ts';
import type { Operation, OperationOutput } from '../../../src/admin/contract/contract.ts';
import { confirmIdentity } from './step-up.ts';

const client = createClient();

// The client's conditional argument list cannot be seen through while `O` is open; `Arguments` admits exactly these two.
const send = client as <O extends Operation>(
  operation: O,
  input: CallInput<O> | undefined,
  options: CallOptions,
) => Promise<OperationOutput<O>>;

/**
 * Calls the API. Without a session the browser leaves for the sign-in page; where fresh proof is asked for, the person is asked once and the
 * call repeated. Whoever closes that dialog gets the refusal as an `ApiProblem`.
 */
export async function call<O extends Operation>(
  operation: O,
  input?: CallInput<O>,
  options: CallOptions = {},
): Promise<OperationOutput<O>> {
  try {
    return await send(operation, input, options);
  } catch (error) {
    if (isApiProblem(error, 'gateway.unauthenticated')) return leaveForSignIn();
    if (!isApiProblem(error, 'admin.step_up')) throw error;
    if (!(await confirmIdentity())) throw error;
    return send(operation, input, options);
  }
}

/** Never resolves: the page is being left. */
function leaveForSignIn(): Promise<never> {
  const here = `${window.location.pathname}${window.location.search}`;
  window.location.assign(`/.sallyport/sign-in?return_to=${encodeURIComponent(here)}`);
  return new Promise<never>(() => undefined);
}
