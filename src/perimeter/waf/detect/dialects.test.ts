import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Detector, Zone } from '../waf.ts';
import { deserialisation } from './deserialisation.ts';
import { header } from './header.ts';
import { ldap } from './ldap.ts';
import { mail } from './mail.ts';
import { mailSender } from './mail-sender.ts';
import { nosql } from './nosql.ts';
import { nosqlEndings } from './nosql-endings.ts';
import { nosqlQueries } from './nosql-queries.ts';
import { sqlSisters } from './sql/sisters.ts';
import { sql } from './sql/sql.ts';
import tables from './testdata/dialects.json' with { type: 'json' };
import { slowest, trial } from './trial.ts';
import { xpath } from './xpath.ts';

/** A field as attacks aim at, for each class. */
const classes: Readonly<Record<string, { detectors: readonly Detector[]; zone: Zone; name: string }>> = {
  xpath: { detectors: [xpath], zone: 'json', name: 'name' },
  nosqli: { detectors: [nosql, nosqlQueries, nosqlEndings, sql], zone: 'json', name: 'search' },
  deserialisation: { detectors: [deserialisation], zone: 'json', name: 'data' },
  ldap: { detectors: [ldap], zone: 'json', name: 'user' },
  mail: { detectors: [mail, mailSender], zone: 'json', name: 'email' },
  header: { detectors: [header], zone: 'json', name: 'url' },
  sqli: { detectors: [sql, sqlSisters], zone: 'json', name: 'q' },
};
const stops: Readonly<Record<string, readonly string[]>> = tables.stops;

describe('dialects and sister constructs of each class', () => {
  for (const [name, { detectors, ...at }] of Object.entries(classes)) {
    const rows = stops[name] ?? [];
    it(`stops what it knows: ${name}`, () => {
      const missed = rows.filter(row => !detectors.some(detector => trial(detector, row, at).points >= 5));
      assert.deepEqual(missed, []);
    });

    it(`passes what only resembles it: ${name}`, () => {
      const stopped = tables.passes.filter(row => detectors.some(detector => trial(detector, row, at).points >= 5));
      assert.deepEqual(stopped, []);
    });

    it(`takes time in proportion to the text: ${name}`, () => {
      const slow = detectors.flatMap(detector => slowest(detector, rows.slice(0, 12)));
      assert.deepEqual(slow, []);
    });
  }
});
