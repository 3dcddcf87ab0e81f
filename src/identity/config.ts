import { z } from 'zod';

const int = (min: number, max: number, value: number) => z.int().min(min).max(max).default(value);

/** How people sign in. Every default is the safe value; ranges end where it would stop being safe. */
export const identityConfig = z
  .strictObject({
    sessions: z
      .strictObject({
        idleMinutes: int(1, 1440, 60).describe('A session not used for so long ends.'),
        absoluteHours: int(1, 168, 12).describe('A session ends after so long, however much it is used.'),
        perPersonMax: int(1, 1000, 20).describe('Sessions one person can have at once; one more ends the oldest.'),
        endedKeptDays: int(1, 3650, 365).describe('How long ended sessions are kept for audit.'),
      })
      .prefault({})
      .describe('How long people stay signed in.'),
    passwords: z
      .strictObject({
        lengthMin: int(15, 64, 15).describe('Characters a password has at least when it is the only factor.'),
        lengthMinWithMfa: int(12, 64, 12).describe('Characters it has at least when a second factor is compulsory.'),
        breachedFile: z
          .string()
          .min(1)
          .max(4096)
          .nullable()
          .default(null)
          .describe('File of breached passwords that are refused, made by `sallyport passwords import`; null: none.'),
        memoryKib: int(19_456, 1_048_576, 19_456).describe('Memory of one argon2id computation, in KiB.'),
        passes: int(2, 16, 2).describe('Passes of argon2id over its memory.'),
        lanes: int(1, 16, 1).describe('Parallelism of argon2id.'),
        activeMax: int(1, 64, 2).describe('Password computations at once; each takes its memory and a core.'),
        waitingMax: int(0, 10_000, 64).describe('Password computations that may wait; one more is refused as busy.'),
      })
      .prefault({})
      .describe('What passwords must be, and how they are kept.'),
    mfa: z
      .strictObject({
        compulsoryFor: z
          .array(z.enum(['member', 'administrator', 'owner']))
          .default(['administrator', 'owner'])
          .describe('Global roles that cannot sign in without a second factor.'),
        issuer: z
          .string()
          .regex(/^[^:\p{Cc}]{1,40}$/u, 'want 1 to 40 characters, no colon')
          .default('Sallyport')
          .describe('The name an authenticator app shows.'),
      })
      .prefault({})
      .describe('Second factors.'),
    inactiveDays: int(0, 3650, 90).describe(
      'People who for so many days neither signed in nor used a key are disabled, with a record; 0 never does it. The last Owner and break-glass accounts stay.',
    ),
    lockout: z
      .strictObject({
        failuresMax: int(3, 20, 5).describe('Failures for one account from one network before attempts must wait.'),
        accountFailuresMax: int(5, 1000, 20).describe(
          'Failures for one account from all networks before attempts from networks it never signed in from must wait.',
        ),
        firstDelayS: int(10, 3600, 60).describe('The first wait; each further failure doubles it.'),
        longestDelayS: int(60, 86_400, 900).describe(
          'The longest wait, which bounds what an attacker can do to a person.',
        ),
        forgetAfterHours: int(1, 720, 24).describe('Failures this old count no more.'),
        networkFailuresMax: int(5, 100_000, 100).describe('Failures from one network (IPv6: a /64), whoever is tried.'),
        networkWindowMinutes: int(1, 1440, 15).describe('The time in which those are counted.'),
      })
      .prefault({})
      .describe('How guessing is slowed down.'),
    federation: z
      .strictObject({
        unreachableGraceMinutes: int(1, 1440, 60).describe(
          'Sessions begun at a provider that is to be asked again and does not answer end after so long.',
        ),
      })
      .prefault({})
      .describe('Identity providers.'),
  })
  .prefault({})
  .describe('People: sessions, passwords, second factors, lockout, identity providers.');

export type IdentityConfig = z.infer<typeof identityConfig>;
