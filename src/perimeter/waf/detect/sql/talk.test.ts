import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trial } from '../trial.ts';
import { sql } from './sql.ts';

const told = [
  'The form is vulnerable to \' or 1=1 style injection". Is that already fixed?',
  'I get an error when I run select * from dual union select * from v$version',
  'More than the average: select name from emp where salary > (select avg(salary) from emp);',
  'ALTER TABLE orders ADD COLUMN note TEXT; -- will this lock the table in PostgreSQL 16?',
  'app.execute("mkdir -p /tmp/cache")',
];
const meant = [
  "x' or 1=1 -- style injection here",
  "The meeting went well and everybody agreed. ' union select name from users -- ",
  'please show me all ) union select name from users -- ',
  '1; drop table orders -- will this lock the table in PostgreSQL 16?',
  "' or 1=1 limit 1 -- ",
];

describe('SQL that people talk of', () => {
  for (const text of told) test(`passes ${text}`, () => assert.ok(trial(sql, text).points < 5));
  for (const text of meant) test(`stops ${text}`, () => assert.ok(trial(sql, text).points >= 5));
  test('lets a password have marks of comments, and stops one that ends a literal', () => {
    const at = { zone: 'form', name: 'password' } as const;
    assert.ok(trial(sql, "p@ss';--w0rd<>|&x", at).points < 5);
    assert.ok(trial(sql, "admin'-- ", at).points >= 5);
    assert.ok(trial(sql, "x' or '1'='1", at).points >= 5);
  });
});
