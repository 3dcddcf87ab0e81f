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
    case 'via':
      return /[<>"'{}$;|\\]|https?:\/\/|^\d\.\d (?:localhost|127\.)/.test(value) && !/^for=|\(/.test(value);
    case 'x-forwarded-prefix':
      return !/^\/?[\w.~\-/]{0,200}$/.test(value) || value.includes('..') || value.startsWith('//');
    case 'forwarded':
      return /host="?[^;,]{0,80}[@<>{}$]|proto="?(?!https?\b|wss?\b)\w/.test(value);
    default:
      return false;
  }
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
]);

const users = ['user', 'username'];
/** Who the caller is, as a proxy in front would say: a caller who says it of himself. */
export const userFields: ReadonlySet<string> = new Set(
  users.flatMap(user => [
    ...['x-remote-', 'remote-', 'remote_', 'x-forwarded-', 'x-authenticated-', 'x-auth-', 'x-webauth-', 'x-proxy-'].map(
      start => start + user,
    ),
  ]),
);

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
  'x-client-ip',
  'forwarded',
]);

/** Accounts that a caller makes himself. */
export const powerfulUser = /^(?:admin|root|administrator|system|superuser|sysadmin)(?:@|$)/;
