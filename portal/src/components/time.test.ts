import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { duration, plural, relativeTime } from './time.ts';

const now = 1_795_320_000_000;
const minuteMs = 60_000;

describe('time', () => {
  const spoken: readonly (readonly [number, string])[] = [
    [now, 'just now'],
    [now + 10_000, 'in a moment'],
    [now - 50_000, '1 min ago'],
    [now - 4 * minuteMs, '4 min ago'],
    [now - 59.4 * minuteMs, '59 min ago'],
    [now - 60 * minuteMs, '1 h ago'],
    [now + 120 * minuteMs, 'in 2 h'],
    [now - 1440 * minuteMs, '1 day ago'],
    [now - 3 * 1440 * minuteMs, '3 days ago'],
  ];
  for (const [time, text] of spoken) {
    it(`says "${text}"`, () => assert.equal(relativeTime(time, now), text));
  }

  it('says a date beyond a week', () => assert.match(relativeTime(now - 9 * 1440 * minuteMs, now), /^\d+ \w+ \d{4}$/));

  const spans: readonly (readonly [number, string])[] = [
    [0, '0 ms'],
    [850, '850 ms'],
    [12_400, '12.4 s'],
    [185_000, '3 min 5 s'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
    [86_400_000, '1 day'],
    [187_200_000, '2 days 4 h'],
  ];
  for (const [ms, text] of spans) {
    it(`prints ${ms} ms as "${text}"`, () => assert.equal(duration(ms), text));
  }

  it('counts one and many', () => {
    assert.equal(plural(1, 'site'), '1 site');
    assert.equal(plural(0, 'site'), '0 sites');
    assert.equal(plural(1200, 'person', 'people'), '1,200 people');
  });
});
