import { targetOf } from './ssrf/address.ts';

/** Header fields that proxies and servers add for one another, and what no honest one says in them. */

/** What a proxy in front may write is a host, a port, a scheme, a path; all else wants to be read as something else. */
export function isForged(name: string, value: string): boolean {
  switch (name) {
    case 'x-forwarded-proto':
    case 'x-forwarded-scheme':
    case 'x-forwarded-protocol':
    case 'x-url-scheme':
      return !/^(?:https?|wss?)(?:\s?,\s?(?:https?|wss?)){0,8}$/.test(value);
    case 'x-forwarded-port':
      return !/^(?:80|443|\d{4,5})(?:\s?,\s?(?:80|443|\d{4,5})){0,8}$/.test(value);
    case 'x-forwarded-host':
    case 'x-forwarded-server':
    case 'x-original-host':
      return /[@<>"'\\/{}$;|\s]/.test(value.replaceAll(', ', ','));
    case 'x-forwarded-for':
    case 'x-real-ip':
    case 'true-client-ip':
    case 'cf-connecting-ip':
    case 'x-client-ip':
    case 'fastly-client-ip':
    case 'x-cluster-client-ip':
      return value.split(',', 32).some(entry => isUnwritten(entry) || isNoAddress(entry)) || isStrange(value);
    case 'x-forwarded-ssl':
      return !/^(?:on|off|true|false|1|0|https?)$/.test(value);
    case 'via':
      return isStrange(value);
    case 'x-forwarded-prefix':
      return !/^\/?[\w.~\-/]{0,200}$/.test(value) || value.includes('..') || value.startsWith('//');
    case 'forwarded':
      return /host="?[^;,]{0,80}[@<>{}$]|proto="?(?!https?\b|wss?\b)\w/.test(value);
    case 'x-ssl-client-s-dn':
    case 'x-ssl-client-dn':
    case 'x-ssl-client-i-dn':
    case 'ssl-client-s-dn':
    case 'ssl-client-dn':
    case 'x-client-dn':
    case 'x-client-cert-dn':
    case 'x-ssl-subject':
    case 'x-forwarded-client-cert':
      return value !== '' && !value.includes('=');
    case 'x-amzn-oidc-data':
    case 'x-amzn-oidc-accesstoken':
    case 'cf-access-jwt-assertion':
    case 'x-goog-iap-jwt-assertion':
    case 'x-pomerium-jwt-assertion':
      return !/^[\w=-]{4,}\.[\w=-]{2,}\.[\w=-]*$/.test(value);
    case 'x-ms-client-principal':
      return !/^[\w+/=-]{8,}$/.test(value);
    case 'pragma':
      return /x-(?:get|check)-|akamai-/.test(value);
    default:
      return false;
  }
}

function isStrange(value: string): boolean {
  return /[<>"'{}$;|\\]|https?:\/\/|^\d\.\d (?:localhost|127\.)/.test(value) && !/^for=|\(/.test(value);
}

/** RFC 7239 section 6: an address, `unknown`, or a mark that begins with `_`; never a name. */
function isNoAddress(entry: string): boolean {
  const host = entry.trim();
  if (host === '' || host === 'unknown' || host === 'localhost' || host.startsWith('_') || host.includes('='))
    return false;
  return !/^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|\[?[\da-f:.]*:[\da-f:.]*(?:%\w{1,16})?\]?(?::\d{1,5})?)$/.test(
    host,
  );
}

/** `localhost`, `0x7f.1`, `2130706433`: a proxy writes the address it sees, in its one form. */
function isUnwritten(entry: string): boolean {
  const host = entry
    .trim()
    .replace(/(?<=\.\d{1,3}):\d{1,5}$/, '')
    .replace(/^::ffff:(?=\d{1,3}\.)/, '');
  if (host === '' || host.includes('=') || host === 'unknown') return false;
  return host === 'localhost' || targetOf(host) === 'disguised';
}

/** Sent from one server to the next, never by a client. */
export const internalFields: ReadonlySet<string> = new Set([
  'x-middleware-subrequest',
  'x-middleware-rewrite',
  'x-accel-redirect',
  'x-sendfile',
  'x-lighttpd-send-file',
  'x-http-host-override',
  'x-host-override',
  'x-host',
  'x-backend-host',
  'x-envoy-original-path',
  'x-amz-website-redirect-location',
  'x-internal-request',
  'x-now-route-matches',
  'x-invoke-path',
  'x-invoke-query',
  'x-middleware-prefetch-rewrite',
  'x-matched-path',
  'x-nextjs-rewrite',
  'x-http-host',
  'x-forwarded-rewrite',
  'surrogate-capability-override',
  'cf-ew-via',
  'x-nginx-proxy-pass',
  'x-reproxy-url',
  'x-wap-profile-url',
  'x-gateway-host',
  'x-pan-authcheck',
  'user-agentt',
  'x-proxy-host',
  'proxy-host',
]);

const users = ['user', 'username'];
/** Who the caller is, as a proxy in front would say: a caller who says it of himself. */
export const userFields: ReadonlySet<string> = new Set([
  'x-amzn-oidc-identity',
  'x-goog-authenticated-user-email',
  'x-goog-authenticated-user-id',
  'cf-access-authenticated-user-email',
  'x-ms-client-principal-name',
  'x-ms-client-principal-id',
  'x-pomerium-claim-email',
  'x-pomerium-claim-user',
  'x-auth-request-user',
  'x-auth-request-email',
  'x-auth-request-preferred-username',
  'x-auth-request-groups',
  'x-vouch-user',
  'x-vouch-idp-claims-email',
  'x-token-subject',
  'x-token-user-name',
  'x-authentik-username',
  'x-authentik-groups',
  'x-remote-group',
  'x-remote-groups',
  'remote-groups',
  'remote-email',
  'x-forwarded-email',
  'x-forwarded-groups',
  'x-forwarded-preferred-username',
  'x-forwarded-login',
  'x-ssl-client-cn',
  'x-client-cn',
  'x-iap-user',
  'x-tailscale-user-login',
  'tailscale-user-login',
  'x-consumer-username',
  'x-credential-identifier',
  'x-jwt-claim-sub',
  'x-webauth-role',
  'x-grafana-user',
  'sm_user',
  'sm-user',
  'iv-user',
  'oam_remote_user',
  'oam-remote-user',
  'x-shib-user',
  'x-sso-user',
  'x-impersonate-user',
  'impersonate-user',
  ...users.flatMap(user =>
    ['x-remote-', 'remote-', 'remote_', 'x-forwarded-', 'x-authenticated-', 'x-auth-', 'x-webauth-', 'x-proxy-'].map(
      start => start + user,
    ),
  ),
]);

/** Set by tools that look for holes. */
export const toolFields: ReadonlySet<string> = new Set([
  'acunetix-aspect',
  'acunetix-aspect-password',
  'acunetix-aspect-queries',
  'acunetix-product',
  'acunetix-scanning-agreement',
  'acunetix-user-agreement',
  'x-arachni-scan-seed',
  'x-scanner',
  'x-wipp',
  'x-ratproxy-loop',
  'x-zap-scan-id',
  'x-zap-scan',
  'x-netsparker-scan-id',
  'x-scan-memo',
  'x-wvs-id',
  'x-nikto',
  'x-sqlmap',
  'x-nuclei',
]);

/** Whose values `isForged` judges. */
export const forwardingFields: ReadonlySet<string> = new Set([
  'x-forwarded-proto',
  'x-forwarded-scheme',
  'x-forwarded-protocol',
  'x-url-scheme',
  'x-forwarded-port',
  'x-forwarded-host',
  'x-forwarded-server',
  'x-original-host',
  'x-forwarded-for',
  'x-real-ip',
  'true-client-ip',
  'via',
  'x-forwarded-prefix',
  'cf-connecting-ip',
  'fastly-client-ip',
  'x-cluster-client-ip',
  'x-forwarded-ssl',
  'x-client-ip',
  'forwarded',
  'x-ssl-client-s-dn',
  'x-ssl-client-dn',
  'x-ssl-client-i-dn',
  'ssl-client-s-dn',
  'ssl-client-dn',
  'x-client-dn',
  'x-client-cert-dn',
  'x-ssl-subject',
  'x-forwarded-client-cert',
  'x-amzn-oidc-data',
  'x-amzn-oidc-accesstoken',
  'cf-access-jwt-assertion',
  'x-goog-iap-jwt-assertion',
  'x-pomerium-jwt-assertion',
  'x-ms-client-principal',
  'pragma',
]);

/** Accounts that a caller makes himself. */
export const powerfulUser =
  /^(?:admin|root|administrator|system|superuser|sysadmin|system:masters|accounts\.google\.com:(?:admin|root))(?:@|$)/;
