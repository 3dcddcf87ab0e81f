import type { SamlMessage } from '../federation/federation.ts';
import { nameIdOf } from './attributes.ts';
import { type Received, receive } from './bindings.ts';
import { checkIssued, checkIssuer, type Expected, readTime } from './conditions.ts';
import { checkForm } from './form.ts';
import { namespaces, successStatus } from './names.ts';
import { quoted, refuseUnless, SamlRefusal } from './refusal.ts';
import { statusOf } from './response.ts';
import { readSigned, signatureOf, type TrustedKey } from './signature.ts';
import { attributeOf, childrenOf, messageLimits, readXml, textOf, type XmlElement } from './xml.ts';

const freshMs = 5 * 60_000;

export type ReadLogout =
  | {
      readonly kind: 'request';
      readonly nameId: string;
      readonly sessions: readonly string[];
      readonly id: string;
      readonly relayState: string | undefined;
    }
  | { readonly kind: 'response'; readonly inResponseTo: string; readonly isDone: boolean };

/** Reads a message of single logout (profiles section 4.4.3.1), always signed, fresh and for us, or throws `SamlRefusal`. */
export function readLogoutMessage(
  message: SamlMessage,
  input: { keys: readonly TrustedKey[]; expected: Expected },
): ReadLogout {
  const received = receive(message, input.keys);
  const root = believe(received, input.keys);
  const { expected } = input;
  const issued = checkIssued(root, expected);
  refuseUnless(
    issued >= expected.nowMs - expected.skewMs - freshMs,
    `${root.local}: want an IssueInstant within five minutes`,
    attributeOf(root, 'IssueInstant'),
  );
  checkIssuer(root, expected);
  const destination = attributeOf(root, 'Destination') ?? null;
  refuseUnless(destination === expected.address, `Destination: want ${quoted(expected.address)}`, destination);
  return root.local === 'LogoutRequest' ? readRequest(root, received, expected) : readAnswer(root);
}

/** What is signed: by the address it came by, or inside. A signature inside must verify even where the address is signed. */
function believe(received: Received, keys: readonly TrustedKey[]): XmlElement {
  const root = readXml(received.xml, messageLimits);
  checkForm(root, ['samlp:LogoutRequest', 'samlp:LogoutResponse']);
  if (signatureOf(root) !== undefined) return readSigned(root, keys);
  refuseUnless(received.isSignedOutside, `${root.local}: want it signed`);
  return root;
}

function readRequest(root: XmlElement, received: Received, expected: Expected): ReadLogout {
  const end = attributeOf(root, 'NotOnOrAfter');
  const isOver = end !== undefined && expected.nowMs >= readTime(end, 'LogoutRequest NotOnOrAfter') + expected.skewMs;
  refuseUnless(!isOver, 'LogoutRequest NotOnOrAfter: want a time to come', end ?? null);
  const sessions = childrenOf(root, namespaces.samlp, 'SessionIndex').map(textOf);
  refuseUnless(
    sessions.every(session => session !== '' && session.length <= 512),
    'SessionIndex: want 1 to 512 characters',
  );
  return {
    kind: 'request',
    nameId: nameIdOf(root).value,
    sessions,
    id: attributeOf(root, 'ID') ?? '',
    relayState: received.relayState,
  };
}

function readAnswer(root: XmlElement): ReadLogout {
  const inResponseTo = attributeOf(root, 'InResponseTo');
  if (inResponseTo === undefined) throw new SamlRefusal('LogoutResponse: want InResponseTo');
  return { kind: 'response', inResponseTo, isDone: statusOf(root).codes.join(' ') === successStatus };
}
