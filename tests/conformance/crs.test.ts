import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectorsFrom } from '../../src/perimeter/seclang/detectors.ts';
import { diskRules } from '../../src/perimeter/seclang/disk.ts';
import { createSecEngine } from '../../src/perimeter/seclang/engine.ts';
import { loadSecRules } from '../../src/perimeter/seclang/load.ts';
import { sql } from '../../src/perimeter/waf/detect/sql/sql.ts';
import { xss } from '../../src/perimeter/waf/detect/xss/xss.ts';
import { crsEntry, installedExpressions, skipsWithoutCrs, skipsWithoutSuite, suiteFolder } from './crs-installed.ts';
import { runSuite } from './crs-suite.ts';
import { searchSlowInputs, seeded } from './slow-inputs.ts';

/** What the rule set's maintainers set up for their own tests. */
const presets = new Map([
  ['paranoia_level', '4'],
  ['crs_validate_utf8_encoding', '1'],
  ['arg_name_length', '100'],
  ['arg_length', '400'],
  ['max_num_args', '255'],
  ['total_arg_length', '64000'],
  ['combined_file_sizes', '65535'],
]);

const byServer = 'asks what a web server does before the rules run: take a field away, or refuse the request';
const byDetector = 'a text without the grammar of an attack, which the fingerprints of another detector take for one';

/** Tests that our engine answers otherwise: how many of a family at most, and why. Nothing else may fail. */
const otherwise: ReadonlyMap<string, { readonly most: number; readonly reason: string }> = new Map([
  ['PROTOCOL-ENFORCEMENT', { most: 1, reason: byServer }],
  ['PROTOCOL-ATTACK', { most: 1, reason: byServer }],
  ['APPLICATION-ATTACK-XSS', { most: 1, reason: byDetector }],
  ['APPLICATION-ATTACK-SQLI', { most: 5, reason: byDetector }],
]);

describe('the Core Rule Set as installed', () => {
  it('passes its own regression tests', { skip: skipsWithoutSuite }, context => {
    const rules = loadSecRules(diskRules, [crsEntry]);
    const detectors = detectorsFrom(sql, xss);
    const engine = createSecEngine(rules, { detectors, presets, mayStop: false, argumentsMax: 10_000 });
    const { passed, failed, left } = runSuite(suiteFolder() ?? '', engine);
    const count = [...failed.values()].reduce((sum, one) => sum + one, 0);
    context.diagnostic(`${passed} of ${passed + count} pass, ${left} only ask for a status`);
    for (const [family, one] of failed) context.diagnostic(`${family}: ${one}, ${otherwise.get(family)?.reason}`);
    assert.ok(passed > 2000);
    for (const [family, one] of failed) assert.ok(one <= (otherwise.get(family)?.most ?? 0), `${family}: ${one} fail`);
  });

  it('has no expression that takes longer than in proportion to its text', { skip: skipsWithoutCrs }, context => {
    const { worstMs, worstGrowth, tried } = searchSlowInputs(installedExpressions(), 8192, seeded(7));
    context.diagnostic(`${tried} texts tried, slowest ${worstMs.toFixed(1)} ms, growth ${worstGrowth.toFixed(1)}`);
    // Linear is 4; the rest is for the machine.
    assert.ok(worstMs < 250 && worstGrowth < 12, `slowest ${worstMs} ms, growth ${worstGrowth}`);
  });
});
