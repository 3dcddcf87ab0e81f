import type { BlockType, Denial, Exchange, ShortAnswer, StepUp, Verdict } from '../exchange.ts';
import { headerOf, isNavigation, originOf } from '../exchange.ts';
import { gatePaths } from '../gate-names.ts';
import { forwardedCookies } from '../proxy/cookies.ts';
import { assertionHeader, remoteHeaders } from '../proxy/request-headers.ts';
import { stepUpPlace } from '../step-up.ts';
import type { AskedForm } from './asked.ts';

/** Where a person can sign in: for proxies that make the redirect themselves, as nginx does. */
export const signInHeader = 'x-sallyport-sign-in';

const nobody = 'nobody is signed in';
const noHiddenCookies: ReadonlySet<string> = new Set();

/** Refusals that are about the request itself: signing in would change nothing. All others, faults too, are 401. */
const isForbidden: ReadonlySet<BlockType> = new Set<BlockType>([
  'ban',
  'certificate',
  'challenge',
  'closed_route',
  'country',
  'csrf',
  'firewall',
  'forbidden',
  'rate_limit',
  'reputation',
  'shield',
]);

/**
 * Yes, with who it is: the identity headers and the assertion, written even when they are empty, so that a proxy that copies them leaves
 * nothing of the client's own; and the client's cookies and credentials without those of the gate.
 */
export function permitted(asked: Exchange): ShortAnswer {
  const { policy, signedIn, site } = asked;
  const isKnown = signedIn !== undefined && policy !== undefined && asked.granted?.kind !== 'public';
  const token =
    isKnown && site !== undefined
      ? policy.assertions.sign({ ...signedIn, site: site.policy, audience: originOf(asked) })
      : '';
  const isOurs = signedIn?.apiKey !== undefined;
  const headers = [
    ...['cache-control', 'no-store', assertionHeader, token],
    ...(site === undefined ? [] : remoteHeaders(isKnown ? signedIn.person : undefined, site.policy)),
    ...['cookie', forwardedCookies(headerOf(asked, 'cookie') ?? '', noHiddenCookies) ?? ''],
    ...['authorization', isOurs ? '' : (headerOf(asked, 'authorization') ?? '')],
  ];
  return { kind: 'answer', status: 200, headers, body: '' };
}

/** No: 401 or 403; the proxies that pass answers on get a redirect for a person who opens a page and is not signed in. */
export function refused(
  asked: Exchange | undefined,
  form: AskedForm,
  no: { layer: string; verdict: Exclude<Verdict, { kind: 'next' }> | string },
): Denial | ShortAnswer {
  const { layer, verdict } = no;
  if (typeof verdict === 'string') return denial('gateway.unauthenticated', `${layer}: ${verdict}`, 'malformed');
  if (verdict.kind === 'deny') {
    const code = isForbidden.has(verdict.type) ? 'gateway.forbidden' : 'gateway.unauthenticated';
    return denial(code, `${layer}: ${verdict.reason}`, verdict.type === 'internal' ? 'unauthenticated' : verdict.type);
  }
  if (verdict.kind !== 'challenge' || asked === undefined) {
    return denial(
      'gateway.unauthenticated',
      `${layer}: it has an answer of its own, which is no permission`,
      'malformed',
    );
  }
  const place = verdict.how === 'step_up' ? stepUpPlaceOf(asked, verdict.stepUp) : signInPlace(asked);
  if (place === undefined) return denial('gateway.unauthenticated', nobody, 'unauthenticated');
  if (!isNavigation(asked)) return denial('gateway.unauthenticated', nobody, 'unauthenticated');
  if (form === 'request') return denial('gateway.unauthenticated', nobody, 'unauthenticated', [signInHeader, place]);
  const headers = ['cache-control', 'no-store', 'location', place];
  return { kind: 'answer', status: 302, headers, body: '' };
}

/** As `signInPlace`, to prove more or again. */
function stepUpPlaceOf(asked: Exchange, want: StepUp): string | undefined {
  return signInPlace(asked) === undefined ? undefined : stepUpPlace(asked, want);
}

/** The sign-in page, leading back; undefined unless the way back is an origin that people reach the site by. */
function signInPlace(asked: Exchange): string | undefined {
  const { hostname, policy, request, site } = asked;
  if (policy === undefined || site === undefined || request === undefined) return undefined;
  const { portalOrigin } = policy.snapshot;
  const port = site.policy.port === null ? new URL(portalOrigin).port : String(site.policy.port);
  const origin = originOf(asked);
  const scheme = new URL(portalOrigin).protocol;
  const own = `${scheme}//${hostname}${port === '' ? '' : `:${port}`}`;
  if (origin !== new URL(own).origin) return undefined;
  const back = `${origin}${request.path}${request.query === '' ? '' : `?${request.query}`}`;
  return `${portalOrigin}${gatePaths.signIn}?return_to=${encodeURIComponent(back)}`;
}

function denial(code: Denial['code'], reason: string, type: BlockType, headers: readonly string[] = []): Denial {
  const isOpen = code === 'gateway.unauthenticated';
  return {
    kind: 'deny',
    code,
    reason,
    type,
    ...(isOpen
      ? {
          hint: 'Open the site in a browser and sign in.',
          headers: ['www-authenticate', `Sallyport realm="gate"`, ...headers],
        }
      : {}),
  };
}
