import { userFields } from '../detect/forwarding.ts';

/** What a front that ends TLS says of a client's certificate, by the names that servers, balancers and clouds give it. */
const ofCertificate =
  /^(?:x-)?(?:(?:ssl|tls|mtls)-(?:client|cert|subject|issuer|verif)|client-(?:cert(?:ificate)?(?:$|-(?:verif|chain|dn|subject|issuer|serial|fingerprint|san|sha|pem|present|hash|cn|data|leaf|valid))|verif|dn$|tls|ssl)|cert-(?:subject|issuer|dn|verif|auth|serial|fingerprint)|forwarded-(?:client-cert$|tls-client|ssl-client)|arr-clientcert|amzn-mtls-|cf-client-cert|peer-cert|verified-client|goog-(?:mtls|client-cert)|apigateway-cert|azure-client-cert|clientcert|nginx-ssl|f5-cert|mutual-tls)/;
/** Who is asking, where the name alone says that a front has found it out. */
const ofPerson =
  /^(?:x-)?(?:authenticated-(?:user(?:id|name)?|email|groups?|roles?|scope|client-?id)|ms-client-principal(?:-\w{2,8})?|amzn-oidc-(?:identity|data|accesstoken)|webauth-(?:user|name|email|groups?|role)|goog-authenticated-user-\w{2,8}|goog-iap-jwt-assertion|pomerium-(?:claim-.{1,32}|jwt-assertion)|authelia-\w{2,12}|authentik-\w{2,12}|vouch-(?:user|idp-.{1,32}|success)|oidc-claim-.{1,32}|shib-[\w-]{2,40}|consumer-(?:username|custom-id)|credential-(?:identifier|username)|anonymous-consumer|remote-(?:user|groups?|name|email|role)|proxy-user|forwarded-(?:user(?:name)?|email|groups|preferred-username|login)|auth-request-.{2,24}|kong-(?:consumer|admin).{0,16}|tailscale-user-\w{2,16}|cf-access-authenticated-user-\w{2,8}|saml-(?:user|nameid|attribute).{0,24}|trusted-(?:user|proxy-user))$/;

/** Said by one part of a framework or platform to another, to itself. */
const ofMachine =
  /^x-(?:middleware-subrequest-id|invoke-(?:status|output|error)|appengine-(?:cron|queuename|user-is-admin|inbound-appid))$/;
/** What a caller would be let in by, if a program believed him. */
const ofMaster = /^x-(?:is-?admin|admin|superuser|bypass-?auth|auth-?bypass|skip-?auth|no-?auth|disable-?auth)$/;

/** Whether a field says what only a program says to itself; the machines of a platform name themselves. Asked of fields that begin with `x-`. */
export function isInnerField(name: string, value: string, agent: string): boolean {
  if (name.length > 40) return false;
  if (ofMachine.test(name)) return !agent.startsWith('appengine-google');
  return ofMaster.test(name) && /^(?:true|1|yes|on|admin)$/.test(value);
}

/** Of all above: asked of every field, so it is short. */
const beginning =
  /^(?:x-|cert-|cf-|client-|ssl|m?tls-|remote[-_]|tailscale-|sm[-_]user|iv-|oam[-_]|oidc-|shib-|proxy-user|saml-|trusted-)/;

/** Whether a field says what only a front can know: who is asking, or what his certificate is. */
export function isFrontField(name: string): boolean {
  if (name.length > 64 || !beginning.test(name)) return false;
  return name !== 'impersonate-user' && (userFields.has(name) || ofPerson.test(name) || ofCertificate.test(name));
}
