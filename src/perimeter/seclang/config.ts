import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9_]{1,64}$/, 'wanted lower-case letters, digits and "_"');

/** Settings for running a Core Rule Set that stands on this machine beside the firewall. */
export const coreRuleSetConfig = z
  .strictObject({
    dir: z
      .string()
      .min(1)
      .optional()
      .describe('Folder of an unpacked Core Rule Set: `crs-setup.conf` in it (or its `.example`), and `rules/*.conf`.'),
    files: z
      .array(z.string().min(1))
      .min(1)
      .max(100)
      .optional()
      .describe('Rule files instead of `dir`, in order; `*` stands for part of a name.'),
    mode: z
      .enum(['off', 'shadow', 'block'])
      .default('shadow')
      .describe('`shadow` records what the rules would stop; `block` stops it.'),
    paranoia: z.int().min(1).max(4).default(1).describe('Paranoia level of the rule set.'),
    threshold: z.int().min(1).max(10_000).default(5).describe('Inbound anomaly score at which a request is stopped.'),
    outboundThreshold: z
      .int()
      .min(1)
      .max(10_000)
      .default(4)
      .describe('Outbound anomaly score at which an answer is stopped.'),
    variables: z
      .record(name, z.string().max(10_000))
      .default({})
      .describe(
        'Variables of the collection TX set before the first rule, as `crs-setup.conf` would, e.g. `allowed_methods`.',
      ),
    argumentsMax: z
      .int()
      .min(1)
      .max(100_000)
      .default(20_000)
      .describe('Arguments, cookies and parts of one request; more is refused.'),
    bodyBytesMax: z
      .int()
      .min(1024)
      .max(64 * 1024 * 1024)
      .default(1024 * 1024)
      .describe('Bytes of a body that are judged; a longer one is refused in mode `block`.'),
  })
  .refine(config => (config.dir === undefined) !== (config.files === undefined), 'wanted either `dir` or `files`')
  .describe('The OWASP Core Rule Set, run beside the own firewall for those who have to name it.');

export type CoreRuleSetConfig = z.infer<typeof coreRuleSetConfig>;
