import { X509Certificate } from 'node:crypto';
import { SallyportError } from '../../core/errors.ts';
import type { ReadSamlMetadata } from '../federation/federation.ts';
import type { SamlSettings } from '../provider-settings.ts';
import { namespaces, postBinding, redirectBinding, samlProtocol } from './names.ts';
import { quoted, SamlRefusal } from './refusal.ts';
import { readTrustedKeys } from './signature.ts';
import {
  attributeOf,
  childElements,
  childrenOf,
  everyElement,
  readXml,
  textOf,
  type XmlElement,
  type XmlLimits,
} from './xml.ts';

/** Metadata is set up by an administrator and not signed here, so comments may stand in it and it may be larger than a message. */
const limits: XmlLimits = { bytesMax: 2_097_152, depthMax: 24, elementsMax: 60_000, comments: 'skip' };
const certificatesMax = 5;

/**
 * Reads an identity provider's metadata (metadata section 2.4.3), given as a file or pasted: its name, addresses and signing certificates.
 * The address for sign-ins by redirect is taken before that by form. Throws `core.invalid_input` with what is missing.
 */
export const readSamlMetadata: ReadSamlMetadata = xml => {
  try {
    const { entity, role } = findProvider(readXml(xml.trim(), limits));
    const entityId = attributeOf(entity, 'entityID') ?? '';
    if (entityId === '' || entityId.length > 1024) throw new SamlRefusal('want an entityID of 1 to 1024 characters');
    const certificates = signingCertificates(role);
    const sso = serviceOf(role, 'SingleSignOnService');
    if (sso === undefined) throw new SamlRefusal('want a SingleSignOnService by HTTP-Redirect or HTTP-POST');
    const slo = serviceOf(role, 'SingleLogoutService');
    return {
      entityId,
      ssoUrl: sso.url,
      ssoBinding: sso.binding,
      sloUrl: slo?.url ?? null,
      ...(slo === undefined ? {} : { sloBinding: slo.binding }),
      certificates,
      ...formatOf(role),
    };
  } catch (error) {
    const words = error instanceof SamlRefusal || error instanceof SallyportError ? error.message : 'want XML';
    const detail = `Cannot read the metadata: ${words}`;
    throw new SallyportError('core.invalid_input', detail, { detail, cause: error });
  }
};

function findProvider(root: XmlElement): { entity: XmlElement; role: XmlElement } {
  if (root.ns !== namespaces.md) throw new SamlRefusal(`want SAML metadata, got the element ${quoted(root.local)}`);
  const all = [...everyElement(root)].filter(({ ns, local }) => ns === namespaces.md && local === 'EntityDescriptor');
  const found = all.flatMap(entity =>
    childrenOf(entity, namespaces.md, 'IDPSSODescriptor')
      .filter(role => (attributeOf(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(samlProtocol))
      .map(role => ({ entity, role })),
  );
  const [first, ...others] = found;
  if (first === undefined)
    throw new SamlRefusal('want an IDPSSODescriptor for SAML 2.0: this describes no identity provider');
  if (others.length > 0) {
    const names = found.slice(0, 10).map(({ entity }) => quoted(attributeOf(entity, 'entityID') ?? null));
    throw new SamlRefusal(`want one identity provider, got ${found.length}: ${names.join(', ')}`);
  }
  return first;
}

/** Every certificate that is not for encryption only; KeyInfo of other kinds says nothing here. */
function signingCertificates(role: XmlElement): string[] {
  const found = childrenOf(role, namespaces.md, 'KeyDescriptor')
    .filter(descriptor => attributeOf(descriptor, 'use') !== 'encryption')
    .flatMap(descriptor => [...everyElement(descriptor)])
    .filter(({ ns, local }) => ns === namespaces.ds && local === 'X509Certificate')
    .map(certificate => pemOf(textOf(certificate)));
  const certificates = [...new Set(found)];
  if (certificates.length === 0) throw new SamlRefusal('want an X.509 signing certificate');
  if (certificates.length > certificatesMax)
    throw new SamlRefusal(`want at most ${certificatesMax} signing certificates, got ${certificates.length}`);
  readTrustedKeys(certificates);
  return certificates;
}

function pemOf(text: string): string {
  const bare = text.replaceAll(/\s/g, '');
  try {
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) throw new RangeError('base64');
    return new X509Certificate(Buffer.from(bare, 'base64')).toString();
  } catch {
    throw new SamlRefusal('want certificates in base64 of X.509');
  }
}

/** The address of a service: by redirect where there is one, else by form; other bindings need a back channel. */
function serviceOf(role: XmlElement, local: string): { url: string; binding: 'redirect' | 'post' } | undefined {
  const services = childrenOf(role, namespaces.md, local);
  for (const [binding, uri] of [
    ['redirect', redirectBinding],
    ['post', postBinding],
  ] as const) {
    const url = services
      .filter(service => attributeOf(service, 'Binding') === uri)
      .map(service => attributeOf(service, 'Location') ?? '')[0];
    if (url === undefined) continue;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || url.length > 2000)
      throw new SamlRefusal(`want an http(s) address of at most 2000 characters for ${local}, got ${quoted(url)}`);
    return { url, binding };
  }
  return undefined;
}

/** The first kind of NameID it offers that we can ask for. */
function formatOf(role: XmlElement): Pick<Partial<SamlSettings>, 'nameIdFormat'> {
  const offered = childElements(role)
    .filter(({ ns, local }) => ns === namespaces.md && local === 'NameIDFormat')
    .map(textOf);
  const formats = ['persistent', 'emailAddress', 'unspecified'] as const;
  const nameIdFormat = formats.find(format => offered.some(uri => uri.endsWith(`:${format}`)));
  return nameIdFormat === undefined ? {} : { nameIdFormat };
}
