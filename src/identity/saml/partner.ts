import { z } from 'zod';
import { SallyportError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type {
  CreateSamlPartner,
  Dispatch,
  ProbeStep,
  ProtocolDeps,
  SamlAddresses,
  SamlPartner,
} from '../federation/federation.ts';
import type { SamlSettings } from '../provider-settings.ts';
import { decodePost, dispatch, type Sending } from './bindings.ts';
import type { Expected } from './conditions.ts';
import { keySetsOf, readSamlKeys, type SamlKeys } from './key-pair.ts';
import { readLogoutMessage } from './logout.ts';
import { authnRequest, type Heading, logoutRequest, logoutResponse, type NamedSession } from './messages.ts';
import { writeMetadata } from './own-metadata.ts';
import { refusalOf } from './refusal.ts';
import { readResponse } from './response.ts';
import { readTrustedKeys, type TrustedKey } from './signature.ts';
import { attributeOf, messageLimits, readXml } from './xml.ts';

interface Ground {
  readonly settings: SamlSettings;
  readonly addresses: SamlAddresses;
  readonly deps: ProtocolDeps;
  readonly trusted: readonly TrustedKey[];
  readonly keys: SamlKeys | undefined;
}

/** See `SamlPartner`. Throws `core.invalid_input` for certificates or keys that cannot be used. No call goes out from here. */
export const createSamlPartner: CreateSamlPartner = (settings, addresses, deps): SamlPartner => {
  const trusted = readTrustedKeys(settings.certificates);
  const keys = deps.secret === undefined ? undefined : readSamlKeys(deps.secret);
  const ground: Ground = { settings, addresses, deps, trusted, keys };
  return {
    begin: async input => beginSignIn(ground, input),
    finish: async input => finish(ground, input),
    inResponseTo: claimedRequest,
    metadata: () => writeMetadata({ settings, addresses, keys, nowMs: deps.clock.now() }),
    beginLogout: async (keepsake, input) => beginLogout(ground, keepsake, input.relayState),
    readLogout: async message => readLogout(ground, message),
    probe: async () => probe(ground),
  };
};

/** SAML core section 1.3.4: never repeats, with 160 bits of chance, and begins as a name must. */
function newHeading(ground: Ground, destination: string): Heading {
  const { deps, addresses } = ground;
  const id = `_${deps.random(20).toString('hex')}`;
  return { id, nowMs: deps.clock.now(), destination, entityId: addresses.entityId };
}

function beginSignIn(
  ground: Ground,
  input: { relayState: string; isForced: boolean },
): { dispatch: Dispatch; requestId: string } {
  const { settings, addresses } = ground;
  const heading = newHeading(ground, settings.ssoUrl);
  const xml = authnRequest(heading, {
    acsUrl: addresses.acsUrl,
    isForced: input.isForced,
    nameIdFormat: settings.nameIdFormat,
  });
  const keys = settings.signsRequests ? signingKeys(ground) : undefined;
  const { ssoUrl: url, ssoBinding: binding } = settings;
  const sent = dispatch({ kind: 'SAMLRequest', xml, url, binding, relayState: input.relayState, keys });
  return { dispatch: sent, requestId: heading.id };
}

function signingKeys(ground: Ground): SamlKeys['signing'] {
  if (ground.keys !== undefined) return ground.keys.signing;
  throw new SallyportError(
    'core.invalid_input',
    'Cannot sign for the identity provider: want a key pair, got none kept',
  );
}

async function finish(
  ground: Ground,
  input: { response: string; requestId: string | null },
): ReturnType<SamlPartner['finish']> {
  const { settings, addresses, trusted, keys } = ground;
  if (input.requestId === null && !settings.allowsUnsolicited)
    return {
      kind: 'refused',
      refusal: {
        reason: 'invalid',
        detail: 'InResponseTo: want a sign-in that began here (the settings take no others)',
      },
    };
  try {
    const decryptionKeyPems = keys === undefined ? [] : keySetsOf(keys).map(({ set }) => set.decryption.keyPem);
    const reader = { settings, keys: trusted, decryptionKeyPems };
    const expected = expectedAt(ground, addresses.acsUrl, input.requestId);
    return { kind: 'identity', ...readResponse(decodePost(input.response), reader, expected) };
  } catch (error) {
    return { kind: 'refused', refusal: refusalOf(error) };
  }
}

function expectedAt(ground: Ground, address: string, requestId: string | null): Expected {
  return {
    issuer: ground.settings.entityId,
    audience: ground.addresses.entityId,
    address,
    requestId,
    nowMs: ground.deps.clock.now(),
    skewMs: ground.settings.clockSkewSeconds * 1000,
  };
}

function claimedRequest(response: string): string | null {
  try {
    return attributeOf(readXml(decodePost(response), messageLimits), 'InResponseTo') ?? null;
  } catch {
    return null;
  }
}

const keepsakeForm = z.strictObject({
  nameId: z.string(),
  format: z.string().nullable(),
  nameQualifier: z.string().nullable(),
  spNameQualifier: z.string().nullable(),
  session: z.string().nullable(),
});

function beginLogout(
  ground: Ground,
  keepsake: Secret,
  relayState: string,
): { dispatch: Dispatch; requestId: string } | null {
  const { settings } = ground;
  if (settings.sloUrl === null) return null;
  const named = readKeepsake(keepsake);
  const heading = newHeading(ground, settings.sloUrl);
  const sent = sendLogout(ground, {
    kind: 'SAMLRequest',
    xml: logoutRequest(heading, named),
    relayState,
    url: settings.sloUrl,
  });
  return { dispatch: sent, requestId: heading.id };
}

function readKeepsake(keepsake: Secret): NamedSession {
  try {
    return keepsakeForm.parse(JSON.parse(keepsake.reveal()));
  } catch {
    // No cause: the parser's words could hold a piece of it.
    throw new SallyportError(
      'core.invalid_input',
      'Cannot read what was kept of a SAML sign-in: want the JSON it was kept as',
    );
  }
}

/** Messages of single logout are always signed (profiles section 4.4.4.1). */
function sendLogout(ground: Ground, sending: Omit<Sending, 'binding' | 'keys'>): Dispatch {
  return dispatch({ ...sending, binding: ground.settings.sloBinding, keys: signingKeys(ground) });
}

async function readLogout(
  ground: Ground,
  message: Parameters<SamlPartner['readLogout']>[0],
): ReturnType<SamlPartner['readLogout']> {
  const expected = expectedAt(ground, ground.addresses.sloUrl, null);
  try {
    const read = readLogoutMessage(message, { keys: ground.trusted, expected });
    if (read.kind === 'response') return read;
    const { nameId, sessions, id, relayState } = read;
    const subject = ground.settings.attributes.id === null ? nameId : null;
    const answer = async (isDone: boolean): Promise<Dispatch> =>
      answerLogout(ground, { inResponseTo: id, isDone, relayState });
    return { kind: 'request', subject, sessions, id, answer };
  } catch (error) {
    const { detail } = refusalOf(error);
    throw new SallyportError('identity.provider_refused', `Cannot read the sign-out message: ${detail}`, {
      cause: error,
    });
  }
}

function answerLogout(
  ground: Ground,
  input: { inResponseTo: string; isDone: boolean; relayState: string | undefined },
): Dispatch {
  const { sloUrl } = ground.settings;
  if (sloUrl === null)
    throw new SallyportError(
      'core.invalid_input',
      'Cannot answer the sign-out: want the address for sign-outs, got none set',
    );
  const xml = logoutResponse(newHeading(ground, sloUrl), input);
  return sendLogout(ground, { kind: 'SAMLResponse', xml, url: sloUrl, relayState: input.relayState });
}

/** What can be seen without asking the provider: a browser carries every message, nothing is fetched. */
function probe(ground: Ground): ProbeStep[] {
  const { settings, keys, trusted } = ground;
  const now = ground.deps.clock.now();
  const needsKeys = settings.signsRequests || settings.wantsEncrypted || settings.sloUrl !== null;
  const addresses = [settings.ssoUrl, settings.sloUrl].filter(url => url !== null);
  const plain = addresses.filter(url => !url.startsWith('https:'));
  return [
    {
      name: 'Own keys',
      ok: keys !== undefined || !needsKeys,
      detail:
        keys === undefined
          ? 'None are kept: requests are not signed and nothing encrypted can be read'
          : 'Signing and decryption key are there',
    },
    ...trusted.map(({ certificate }, index) => ({
      name: `Certificate ${index + 1} of the provider`,
      ok: certificate.validToDate.getTime() > now && certificate.validFromDate.getTime() <= now,
      detail: `${certificate.subject.replaceAll('\n', ', ').slice(0, 200)}, until ${certificate.validToDate.toISOString()}`,
    })),
    {
      name: 'Addresses of the provider',
      ok: plain.length === 0,
      detail:
        plain.length === 0 ? addresses.join(', ').slice(0, 400) : `Want https, got ${plain.join(', ').slice(0, 400)}`,
    },
  ];
}
