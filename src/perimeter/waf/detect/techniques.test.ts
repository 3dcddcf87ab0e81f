import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Detector, Zone } from '../waf.ts';
import { lookup } from './lookup.ts';
import { mailSender } from './mail-sender.ts';
import { nosqlNames, nosqlQueries } from './nosql-queries.ts';
import { scanner } from './scanner.ts';
import { token } from './token.ts';
import { trial } from './trial.ts';
import { upload } from './upload.ts';

interface Rows {
  readonly detector: Detector;
  readonly zone: Zone;
  readonly name?: string;
  readonly part?: 'name' | 'value';
  readonly stops: readonly string[];
  readonly passes: readonly string[];
}

const families: Readonly<Record<string, Rows>> = {
  'queries of document stores': {
    detector: nosqlQueries,
    zone: 'query',
    stops: [
      "x' ALLOW FILTERING;",
      "'; DROP KEYSPACE a; --",
      "return redis.call('get','a')",
      "' || true FOR u IN users RETURN u //",
      "'; r.db('x').table('u').delete(); //",
      'a"}},{"match_all":{}},{"term":{"a":"b',
    ],
    passes: [
      'for each user in the team return a badge',
      'union match (3 pm)',
      'like this, "role": the role',
      'let x = 5',
    ],
  },
  'searches through secrets': {
    detector: nosqlNames,
    zone: 'query',
    part: 'name',
    stops: ['password[$startsWith]', 'user__password__regex', 'filters[user][resetPasswordToken][$contains]'],
    passes: ['password', 'filters[name][$contains]', 'price__gte', 'password_confirmation', 'notify_password_changes'],
  },
  'options and expansions of mail programs': {
    detector: mailSender,
    zone: 'form',
    name: 'email',
    stops: ['a@b.example -OQueueDirectory=/tmp -X/var/www/a.php', '${run{id}}@b.example', '=?utf-8?q?a=0aBcc:b?='],
    passes: ['Bob | Sales | bob@corp.example', 'tar -x file', '=?utf-8?q?Gr=C3=BC=C3=9Fe?='],
  },
  'tokens without signature or with a key of their own': {
    detector: token,
    zone: 'header',
    name: 'authorization',
    stops: [
      'Bearer eyJhbGciOiJub25lIn0.eyJhIjoxfQ.',
      'Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6Ii9kZXYvbnVsbCJ9.eyJhIjoxfQ.c2ln',
    ],
    passes: ['Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.abcDEF', 'eyJhIjoxfQ'],
  },
  'paths only tools ask for': {
    detector: scanner,
    zone: 'path',
    stops: ['/remote/fgt_lang', '/wp-includes/wlwmanifest.xml', '/nacos', '/.git-credentials'],
    passes: [
      '/remote/team',
      '/api/v1/nodes',
      '/wp-includes/js/jquery/jquery.min.js',
      '/metadata-guide',
      '/actuator/health',
      '/autodiscover/autodiscover.xml',
    ],
  },
  'files that harm who opens or converts them': {
    detector: upload,
    zone: 'file',
    name: 'file',
    stops: [
      "a,b\n=cmd|' /C calc'!A0,1",
      '%!PS\n(%pipe%id) (w) file',
      '\\immediate\\write18{id}',
      '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd',
      '[InternetShortcut]\nURL=file://10.0.0.5/a',
    ],
    passes: [
      'a,b\n=SUM(A1:A5),-5',
      '%!PS-Adobe-3.0\nnewpath',
      '\\input{chapters/one}',
      '#EXTM3U\nhttps://a.example/1.ts',
    ],
  },
  'lone lookups': {
    detector: lookup,
    zone: 'query',
    stops: ['${main:0}', '${k8s:podName}', '${sys:a:-b}', "#{systemProperties['a']}"],
    passes: ['Dear ${firstName}', '${project.version}', 'use ${HOME}/bin'],
  },
};

describe('techniques beyond the well-known ones', () => {
  for (const [family, { detector, stops, passes, ...at }] of Object.entries(families)) {
    it(`stop at level 1 and pass what only looks alike: ${family}`, () => {
      assert.deepEqual(
        stops.filter(text => trial(detector, text, at).points < 5),
        [],
      );
      assert.deepEqual(
        passes.filter(text => trial(detector, text, at).points >= 5),
        [],
      );
    });
  }
});
