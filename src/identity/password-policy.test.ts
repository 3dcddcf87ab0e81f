import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../core/secret.ts';
import { is } from './identity.fixture.ts';
import { identityConfig } from './identity.ts';
import { checkPassword, isLongEnough } from './password-policy.ts';

const want = { lengthMin: 12, context: ['ada.lovelace@example.org', 'Ada Lovelace'] };

describe('password policy', () => {
  const accepts = {
    'a passphrase': 'correct harbour violin stapler',
    'made by a tool': 'kR7#vq2Lm9!xZp',
    'no composition rules': 'mvqkdlztrwhy',
    spaces: 'nine  green   bottles',
    'unicode, counted in code points': '🌲🌊🔥🌙⭐🍀🎈🎲🧭⚓🪁🕯',
    '128 characters': 'abcdefgh'
      .split('')
      .map(letter => letter + letter.toUpperCase() + letter.charCodeAt(0))
      .join('')
      .slice(0, 32)
      .repeat(4),
    'a common word in a long one': 'my password is a purple giraffe',
  };
  for (const [name, text] of Object.entries(accepts)) {
    it(`accepts ${name}`, () => checkPassword(new Secret(text), want));
  }

  const refuses = {
    'too short': 'kR7#vq2Lm9!',
    'too long': `kR7#vq2Lm9!x${'y'.repeat(117)}`,
    'far too long': 'xkR7#'.repeat(100_000),
    'half a character': 'kR7#vq2Lm9!xZ\ud800',
    'a common word with numbers': 'password123456',
    'common words twice': 'PasswordPassword',
    'a season and a year': 'Summer2024Winter!',
    'one character': 'aaaaaaaaaaaaaaaaaa',
    'a short pattern': 'abcabcabcabcabc',
    'a row of keys': 'qwertyuiop12345',
    'a row backwards': 'poiuytrewq54321',
    'the alphabet': 'abcdefghijklmno',
    'the own address': 'ada.lovelace@example.org',
    'the own name and a year': 'Lovelace-2026-01',
    'the name of the house': 'sallyport-n8n-2026',
    'full width': 'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ',
  };
  for (const [name, text] of Object.entries(refuses)) {
    it(`refuses ${name}`, () => {
      assert.throws(() => checkPassword(new Secret(text), want), is('identity.password_refused'));
    });
  }

  it('never shows the password it refuses', () => {
    try {
      checkPassword(new Secret('password123456'), want);
      assert.fail('accepted');
    } catch (error) {
      assert.ok(error instanceof Error && !error.message.includes('password123456'));
    }
  });

  it('counts code points', () => {
    assert.equal(isLongEnough(new Secret('🌲'.repeat(15)), 15), true);
    assert.equal(isLongEnough(new Secret('🌲'.repeat(14)), 15), false);
  });
});

describe('identity configuration', () => {
  it('is safe when nothing is said, and refuses what would not be', () => {
    const config = identityConfig.parse({});
    assert.deepEqual(identityConfig.parse(undefined), config);
    assert.deepEqual(config.mfa.compulsoryFor, ['administrator', 'owner']);
    const refuses = [
      { passwords: { lengthMin: 8 } },
      { passwords: { memoryKib: 1024 } },
      { passwords: { passes: 1 } },
      { sessions: { absoluteHours: 10_000 } },
      { lockout: { failuresMax: 1000 } },
      { lockout: { longestDelayS: 0 } },
      { mfa: { issuer: 'a:b' } },
      { mfa: { compulsoryFor: ['root'] } },
      { surprise: true },
      { sessions: { idleMinuts: 5 } },
    ];
    for (const bad of refuses) assert.equal(identityConfig.safeParse(bad).success, false, JSON.stringify(bad));
  });
});
