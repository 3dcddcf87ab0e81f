import { crc32 } from 'node:zlib';
import type { LeakDetector, LeakRule } from '../answers.ts';
import { eachOf, isVaried, isWord, tokenDetector } from '../literals.ts';

const privateKey: LeakRule = { id: 'leak.private_key', title: 'a private key', category: 'secret', points: 5 };
const secret = (name: string, title: string, points: LeakRule['points'] = 5): LeakRule => ({
  id: `leak.${name}`,
  title,
  category: 'secret',
  points,
});

/** What stands before a key: RFC 7468 section 2, OpenSSH and PGP. Five dashes, or four with a space (SSH2). */
const header = /-----BEGIN (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/y;
/** Line ends, RFC 1421 headers, then Base64 in earnest: a header alone is what manuals and forms show. */
const bodyStart =
  /(?:\s|\\[nr]){0,8}(?:[\w-]{1,20}: [^\r\n\\]{1,100}(?:\s|\\[nr]){1,8}){0,4}([A-Za-z0-9+/=\r\n\\]{40,80})/y;
/** Where this little follows, the piece to come tells. */
const bodyStartChars = 600;

/** PEM with real line ends or with `\n` as JSON writes them. The end is that of the text where the key goes on. */
export const privateKeys: LeakDetector = {
  rules: [privateKey],
  needles: ['-----begin '],
  find(text, hit) {
    let done = 0;
    eachOf(text, '-----BEGIN ', at => {
      if (at < done) return;
      header.lastIndex = at;
      if (!header.test(text)) return;
      const body = header.lastIndex;
      bodyStart.lastIndex = body;
      const started = bodyStart.exec(text)?.[1];
      if (started === undefined && text.length - body > bodyStartChars) return;
      if (started !== undefined && !isVaried(started.replaceAll(/\s|\\[nr]/g, ''))) return;
      const end = endOfKey(text, body);
      if (started === undefined && end < text.length) return;
      done = end;
      hit(privateKey.id, at, end);
    });
  },
};

/** The first character that can be in no PEM body: not Base64, a line end, an escape, a dash or part of a header line. */
export function endOfKey(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    if (text.startsWith('-----END ', at)) {
      const close = text.indexOf('-----', at + 9);
      return close === -1 || close > at + 60 ? Math.min(text.length, at + 60) : close + 5;
    }
    const code = text.charCodeAt(at);
    if (!isWord(code) && !'+/=\r\n\\ :,.-()'.includes(text[at] ?? '"')) return at;
  }
  return at;
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** GitHub's checksum: the CRC-32 of what stands between prefix and the last six characters, which hold it in base 62. */
export function hasChecksum(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1, -6);
  let rest = crc32(body);
  let sum = '';
  for (let i = 0; i < 6; i++) {
    sum = (base62[rest % 62] ?? '') + sum;
    rest = Math.floor(rest / 62);
  }
  return token.endsWith(sum);
}

const githubPrefixes = ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'];
const githubShape = /gh[opsur]_[A-Za-z0-9]{36}/y;

/** A long value beside a name that says what it is; for secrets without a prefix of their own. */
function namedSecret(rule: LeakRule, names: readonly string[], value: RegExp): LeakDetector {
  return {
    rules: [rule],
    needles: names.map(name => name.toLowerCase()),
    find(text, hit) {
      for (const name of names) {
        eachOf(text, name, at => {
          value.lastIndex = at + name.length;
          const found = value.exec(text);
          const [whole = '', token = ''] = found ?? [];
          if (found === null || !isVaried(token) || isWord(text.charCodeAt(value.lastIndex))) return;
          const start = at + name.length + whole.length - token.length;
          hit(rule.id, start, start + token.length);
        });
      }
    },
  };
}

/** Quotes, colons and the like between a name and its value, as JSON, INI, YAML and HTML tables write them. */
const between = String.raw`(?:\\?["']|&quot;)?(?:\s{0,3}(?:=>|[:=])\s{0,3}|<\/\w{1,6}>\s{0,8}<\w{1,6}>)(?:\\?["']|&quot;)?`;

/** Keys and tokens by the forms their issuers publish. */
export const secrets: readonly LeakDetector[] = [
  tokenDetector(secret('aws_access_key', 'an AWS access key id', 4), ['AKIA', 'ASIA'], {
    shape: /A[KS]IA[A-Z2-7]{16}/y,
  }),
  namedSecret(
    secret('aws_secret_key', 'an AWS secret key'),
    ['aws_secret_access_key', 'AWS_SECRET_ACCESS_KEY', 'SecretAccessKey', 'secretAccessKey', 'aws_secret_key'],
    new RegExp(`${between}([A-Za-z0-9/+]{40})`, 'y'),
  ),
  namedSecret(
    secret('gcp_service_account', 'the key of a Google service account'),
    ['private_key_id'],
    new RegExp(`${between}([0-9a-f]{40})`, 'y'),
  ),
  tokenDetector(secret('google_api_key', 'a Google API key', 4), ['AIza'], { shape: /AIza[\w-]{35}/y }),
  tokenDetector(secret('google_oauth', 'a Google OAuth secret'), ['GOCSPX-'], { shape: /GOCSPX-[\w-]{28}/y }),
  namedSecret(
    secret('azure_key', 'an Azure account key'),
    ['AccountKey', 'SharedAccessKey'],
    /=([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)/y,
  ),
  namedSecret(
    secret('jwt_secret', 'a secret that signs tokens'),
    [
      ...['JWT_SECRET', 'jwt_secret', 'jwtSecret', 'JWT_SIGNING_KEY', 'SECRET_KEY_BASE', 'secret_key_base'],
      ...['N8N_ENCRYPTION_KEY', 'FLOWISE_SECRETKEY_OVERWRITE', 'JWT_AUTH_TOKEN_SECRET', 'SESSION_SECRET'],
    ],
    new RegExp(`${between}([\\w+/=.!@#$%^&*-]{16,128})`, 'y'),
  ),
  tokenDetector(secret('github_token', 'a GitHub token'), githubPrefixes, { shape: githubShape, holds: hasChecksum }),
  // One that somebody typed by hand, or that a version of the form to come makes.
  tokenDetector(secret('github_token_like', 'what looks like a GitHub token', 4), githubPrefixes, {
    shape: githubShape,
    holds: token => !hasChecksum(token),
  }),
  tokenDetector(secret('github_pat', 'a GitHub access token'), ['github_pat_'], {
    shape: /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}/y,
  }),
  tokenDetector(secret('gitlab_token', 'a GitLab token'), ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-', 'glsoat-'], {
    shape: /gl(?:pat|dt|rt|ptt|cbt|soat)-[\w.-]{20,120}/y,
  }),
  tokenDetector(
    secret('slack_token', 'a Slack token'),
    ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xapp-'],
    {
      shape: /(?:xox[abeprs]|xapp)-[A-Za-z0-9-]{20,250}/y,
    },
  ),
  tokenDetector(secret('slack_webhook', 'the address of a Slack webhook', 4), ['hooks.slack.com/services/'], {
    shape: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,14}\/B[A-Z0-9]{6,14}\/[A-Za-z0-9]{20,30}/y,
  }),
  tokenDetector(secret('stripe_key', 'a Stripe key'), ['sk_live_', 'rk_live_', 'whsec_'], {
    shape: /(?:[rs]k_live_[A-Za-z0-9]{20,247}|whsec_[A-Za-z0-9+/=]{32,88})/y,
  }),
  tokenDetector(secret('npm_token', 'an npm token'), ['npm_'], { shape: /npm_[A-Za-z0-9]{36}/y }),
  tokenDetector(
    secret('ai_key', 'a key of a model provider'),
    ['sk-proj-', 'sk-ant-', 'sk-svcacct-', 'T3BlbkFJ', 'hf_'],
    {
      shape: /(?:sk-(?:proj|svcacct|ant)-[\w-]{32,200}|hf_[A-Za-z0-9]{34})/y,
    },
  ),
  tokenDetector(secret('mail_key', 'a key of a mail service'), ['SG.', 'key-'], {
    shape: /(?:SG\.[\w-]{22}\.[\w-]{43}|key-[0-9a-f]{32})/y,
  }),
  connectionStrings(),
];

/** A user, a password and a host in one address. */
function connectionStrings(): LeakDetector {
  const rule = secret('connection_string', 'the address of a database with its password');
  const shape =
    /(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|sqlserver):\/\/[\w.%-]{0,64}:([^\s"'@/<>\\:]{4,128})@[\w.-]{1,253}/y;
  const schemes = ['postgres', 'mysql', 'mariadb', 'mongodb', 'redis', 'amqp', 'sqlserver'];
  return {
    rules: [rule],
    needles: schemes,
    find(text, hit) {
      eachOf(text, '://', at => {
        const before = text.slice(Math.max(0, at - 12), at);
        const scheme = /(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|sqlserver)$/.exec(
          before,
        )?.[0];
        if (scheme === undefined) return;
        shape.lastIndex = at - scheme.length;
        const found = shape.exec(text);
        if (found === null || /^(?:pass(?:word)?|secret|x+|\*+|\$\{?\w+\}?|%\w+%|your\w*)$/i.test(found[1] ?? ''))
          return;
        hit(rule.id, found.index, shape.lastIndex);
      });
    },
  };
}
