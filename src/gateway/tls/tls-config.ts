import { z } from 'zod';

/** A host name or an address, in any case. */
export const hostPattern = /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$|^[0-9a-f:.]+$/i;

const reference = z.string().regex(/^(env:[A-Z_][A-Z0-9_]*|file:\/.+)$/, 'want env:NAME or file:/path');

const acmeConfig = z.strictObject({
  directoryUrl: z
    .url({ protocol: /^https$/ })
    .max(500)
    .default('https://acme-v02.api.letsencrypt.org/directory')
    .describe("Directory of the certificate authority (RFC 8555); default Let's Encrypt"),
  email: z.email().max(254).optional().describe('Where the authority writes to about the account'),
  termsAgreed: z
    .boolean()
    .default(false)
    .describe("True says that you have read the authority's terms of service and agree; nothing is ordered without"),
  challenge: z
    .enum(['tls-alpn-01', 'http-01'])
    .default('tls-alpn-01')
    .describe(
      '"tls-alpn-01": on the gate\'s own port, which must be reachable as 443; "http-01": on a plain port reachable as 80',
    ),
  http: z
    .strictObject({
      host: z.string().min(1).max(253).default('0.0.0.0').describe('Address of the plain listener'),
      port: z.number().int().min(0).max(65_535).default(80).describe('Its port'),
    })
    .prefault({})
    .describe('For "http-01": a listener that answers challenges and sends everything else to https'),
  externalAccount: z
    .strictObject({
      keyId: z.string().min(1).max(500).describe('Key identifier that the authority gave you'),
      macKey: reference.describe('Where the MAC key (base64url) is: env:NAME or file:/path'),
    })
    .optional()
    .describe('External account binding, where the authority wants one'),
  caFile: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('PEM file of the authority behind the directory address itself, where it is your own'),
});

/** Where certificates come from, and which of clients are asked for. */
export const tlsConfig = z
  .strictObject({
    mode: z
      .enum(['generated', 'files', 'acme'])
      .default('generated')
      .describe(
        '"generated": a local certificate authority in the data directory; "files": your own certificates; "acme": ordered and renewed from a certificate authority',
      ),
    certificates: z
      .array(
        z.strictObject({
          certFile: z.string().min(1).describe('PEM file with the certificate and its chain, leaf first'),
          keyFile: z.string().min(1).describe('PEM file with the private key'),
        }),
      )
      .max(64)
      .default([])
      .describe('For mode "files"; the first is the default, others are chosen by server name'),
    acme: acmeConfig.optional().describe('For mode "acme"'),
    hosts: z
      .array(z.string().max(253).regex(hostPattern))
      .max(100)
      .default([])
      .describe('For modes "generated" and "acme": names besides those of the portal and the sites'),
    originPullCa: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe(
        'PEM file; connections from trusted proxies must show a client certificate of this authority (authenticated origin pulls)',
      ),
    minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('Lowest TLS version accepted'),
    reloadMs: z
      .number()
      .int()
      .min(100)
      .max(86_400_000)
      .default(30_000)
      .describe('How often files are looked at for a change, and certificates for renewal'),
  })
  .superRefine((config, ctx) => {
    const issue = (path: string[], message: string) => ctx.addIssue({ code: 'custom', path, message });
    if (config.mode === 'files' && config.certificates.length === 0)
      issue(['certificates'], 'mode "files" wants at least one certificate');
    if (config.mode !== 'files' && config.certificates.length > 0)
      issue(['certificates'], 'certificates want mode "files"');
    if (config.mode !== 'acme' && config.acme !== undefined) issue(['acme'], 'acme wants mode "acme"');
    if (config.mode === 'acme' && config.acme?.termsAgreed !== true)
      issue(['acme', 'termsAgreed'], 'mode "acme" wants true, once you have read the terms of the authority and agree');
  });

export type TlsConfig = z.infer<typeof tlsConfig>;
export type AcmeConfig = z.infer<typeof acmeConfig>;
