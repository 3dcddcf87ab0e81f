import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Detector, Zone } from '../waf.ts';
import { header } from './header.ts';
import { ldap } from './ldap.ts';
import { mail } from './mail.ts';
import { mailSender } from './mail-sender.ts';
import { nosql } from './nosql.ts';
import { shell } from './shell/shell.ts';
import { sql } from './sql/sql.ts';
import { slowest, trial } from './trial.ts';
import { xpath } from './xpath.ts';

interface Family {
  readonly detector: Detector;
  readonly zone?: Zone;
  readonly name?: string;
  readonly part?: 'name' | 'value';
  readonly stops: readonly string[];
  readonly passes: readonly string[];
}

const families: Readonly<Record<string, Family>> = {
  'names and searches of directories': {
    detector: ldap,
    stops: [
      'cn=*,ou=people,dc=acme,dc=net',
      'uid=jdoe+cn=*,o=acme,c=de',
      'ou=*,o=*',
      'o=*,ou=*',
      'CN=adm*,CN=Users,DC=corp,DC=local',
      'jdoe,ou=admins,dc=acme,dc=net',
      'bob,cn=Domain Admins,dc=corp,dc=local',
      'dc=acme,dc=net?mail,userPassword?one?(objectClass=*)',
      'o=acme?*?base',
      'ou=people,dc=acme?sambaNTPassword?sub?(&(uid=a)(cn=b))',
      'ldaps://203.0.113.4:636/o=x',
      'ldap://a.example/dc=x??sub?(uid=*)',
      'ldapi://%2ftmp%2fs/cn=config',
      '*\0',
      'adm*))\0',
      '(cn:caseIgnoreMatch:=root)',
      'x\\29\\28mail=\\2a',
      '*)(*=*',
    ],
    passes: [
      'cn=jdoe,ou=people,dc=acme,dc=net',
      'CN=www.acme.example,O=Acme,C=DE',
      'a=1,b=*',
      'Smith, John',
      'https://a.example/?a=1?b=2',
      'l=5, c=*',
      '5 * 3',
    ],
  },
  'changes of directories': {
    detector: ldap,
    zone: 'form',
    stops: [
      'bob\nchangetype: delete',
      'bob\r\nobjectClass: posixAccount',
      'bob\nuidNumber: 0',
      'bob\nsshPublicKey: ssh-rsa AAAA',
      'bob\n-\nreplace: unicodePwd\nunicodePwd:: IgBhACIA',
      'bob\nmember: cn=admins,dc=acme',
      'bob\ndn:: Y249YWRtaW4sZGM9YQ==',
      'bob\nnewrdn: cn=root',
      'bob\nuserPassword:< file:///etc/passwd',
      'x\n\ndn: uid=evil,dc=acme,dc=net\nobjectClass: top',
      'bob\rsAMAccountName: administrator',
    ],
    passes: [
      'bob\nadd: milk',
      'Notes\ndelete: the old one',
      'Meeting with the team about this:\nmember: Bob\ntitle: Boss',
      'milk\n- eggs\n- bread',
      'bob\nmember: yes',
    ],
  },
  'documents of operators and stages in the place of a value': {
    detector: nosql,
    name: 'where',
    stops: [
      '{"$out":"roles"}',
      '{"$unionWith":{"coll":"secrets"}}',
      '{"$redact":"$$KEEP"}',
      '[{"$sortByCount":"$password"}]',
      '{"$replaceRoot":{"newRoot":"$secret"}}',
      '{"$inc":{"balance":1000}}',
      '{"$push":{"roles":"admin"}}',
      '{"$set":{"profile.isAdmin":true}}',
      '{"a":{"$not":{"$ne":"x"}}}',
      '{"$nor":[{"$eq":"x"}]}',
      '{"or":[{"$gt":""}]}',
      '{"username":{"$in":["root","administrator"]}}',
      '{"$bucketAuto":{"groupBy":"$salt","buckets":5}}',
      '{"$documents":[{"a":1}]}',
      '{"dropDatabase":1}',
      '{"createUser":"a","pwd":"b","roles":["root"]}',
      '{"update":"users","updates":[{"q":{},"u":{}}]}',
    ],
    passes: ['{"$set":{"a":1}}', '{"role":{"$in":["admin","editor"]}}', '{"$ref":"#/definitions/a"}', '{"$id":"1"}'],
  },
  'operators without their field': {
    detector: nosql,
    part: 'name',
    name: 'filter.where.and[].$ne',
    stops: ['$ne'],
    passes: ['ne', '$ref'],
  },
  'whole queries of search servers': {
    detector: nosql,
    name: 'filter',
    stops: [
      '{"query":{"match_phrase":{"title":"x"}}}',
      '{"size":100,"query":{"wildcard":{"password":"a*"}}}',
      '{"bool":{"filter":[{"exists":{"field":"user.api_key"}}]}}',
      '{"query":{"regexp":{"reset_token":".*"}}}',
      '{"script":{"source":"ctx._source.role = params.r","params":{"r":"admin"}}}',
      '{"script":{"lang":"painless","source":"while(true){}"}}',
      '{"query":{"nested":{"path":"users","query":{"match_all":{}}}}}',
    ],
    passes: ['{"query":"shoes","size":10}', '{"script":{"source":"doc[\'price\'].value * 2","lang":"painless"}}'],
  },
  'what XQuery reads and changes': {
    detector: xpath,
    stops: [
      'insert node <admin/> into //users',
      "insert nodes <a>1</a> after //user[@id='1']",
      "rename node //user[1] as 'admin'",
      'replace node //role with <role>admin</role>',
      'delete nodes //user[2]',
      "x' or proc:execute('id') or '",
      "') return file:list('/') (:",
      "uri-collection('http://a.example/')",
      'environment-variable("PATH")',
      "load-xquery-module('http://a.example/m')",
      "unparsed-text-lines('/etc/passwd')",
      "fn:json-doc('file:///etc/x.json')",
      "put(doc('a.xml'),'/tmp/a')",
      "' , xdmp:filesystem-directory('/') (:",
      'update delete //user',
      "trace(//user,'x')",
      "concat('x',//secret)",
      "x' ne 'y",
    ],
    passes: [
      'delete node 5 of the cluster',
      'replace the value of the node with another',
      'insert the key into the lock',
      'rename //share/old to new',
      'put(a, b)',
      'the smiley (:',
      'delete //comments from the code',
    ],
  },
  'texts and dialogues behind an address': {
    detector: mail,
    zone: 'form',
    name: 'email',
    stops: [
      'bob@acme.example\n\nDear customer, your account is locked',
      'bob@acme.example%0d%0a%0d%0aHello',
      '<bob@acme.example>\r\n\r\n<b>pay</b>',
      'Sent\nA1 DELETE INBOX',
      '"\r\na LOGIN x y',
      'INBOX"\r\nB EXAMINE "Trash"',
      'INBOX\r\na RENAME INBOX gone',
      'bob\r\nPASS x\r\nRETR 1',
      'bob\r\nPASS x\r\nDELE 1\r\nQUIT',
      'bob\nAPOP bob 0123abcd',
      'bob\r\nAUTH PLAIN AGEAYg==',
    ],
    passes: [
      'bob@acme.example\n\nann@acme.example',
      'bob@acme.example, ann@acme.example',
      'bob@acme.example\n',
      'Bob\na list of things',
      'bob\nlist',
    ],
  },
  'options behind an address': {
    detector: mailSender,
    zone: 'form',
    name: 'email',
    stops: [
      'a@b.example -fevil@c.example',
      'a@b.example -C/tmp/x.cf',
      'a@b.example -OQueueDirectory=/tmp',
      'a@b.example -X/var/log/x',
      'a@b.example -bv -d5',
      'a@b.example -t -oi',
      'a@b.example> ORCPT=rfc822;x@y.example',
      'a@b.example SIZE=1 NOTIFY=NEVER',
      '@relay.example,@b.example:a@b.example',
      'a%c.example@relay.example',
      'host!a@b.example',
    ],
    passes: [
      'a@b.example -thanks',
      'a@b.example - Bob',
      'tar -xzf - -C /var/www a@b.example',
      'Bob -from Berlin',
      'bob%40acme.example',
      'Size=5 bob@acme.example',
      'bob@acme.example size M',
    ],
  },
  'options in the place of a name': {
    detector: shell,
    stops: [
      '-I/bin/sh x',
      "-TT 'id #'",
      '-fwww-data',
      '-c core.sshCommand=id',
      '-r \'system("id");\'',
      'a.svg;-write /var/www/x.php',
      'x.jpg -write /srv/x.php',
      '-sOutputFile=%pipe%id',
      "-e 'sh x.sh'",
    ],
    passes: ['-5', '-I think so', '-f', '- from here', '-e', 'a.jpg - write me', '-T is a flag'],
  },
  'conditions with escapes and variables of MySQL': {
    detector: sql,
    stops: [
      "1' or {ts '2020-01-01'}='2020-01-01",
      "x' and {fn 1}={fn 1}-- ",
      "1' or @x:=1 or '",
      "1' union unique select 1,2-- ",
      'if(length(user())=4,id,name) asc',
      "' or (@:=9) #",
    ],
    passes: [
      "I typed ' OR 2=2 into the form like my teacher said. Was that you?",
      'the page shows \'null\' or "nothing" -- please help me',
      'Il affiche \'null\' ou "rien" -- merci',
      'sort by name desc',
      'x := 1',
    ],
  },
  'line ends folded to one byte': {
    detector: header,
    stops: [
      'x\u560a\u560dSet-Cookie: a=b',
      'x\u560d\u560a\u560d\u560a\u563csvg onload',
      'x\nVary: X-Evil',
      'x\nExpect-CT: max-age=0',
    ],
    passes: ['\u560a\u560d\u5609', '\u4e0a\u4e0d\u53bb', '\u4e3c\u98ef script'],
  },
};

describe('families of techniques', () => {
  for (const [family, { detector, stops, passes, ...at }] of Object.entries(families)) {
    it(`stop at level 1 and pass what only looks alike: ${family}`, () => {
      const points = (text: string): number => trial(detector, text, at).points;
      assert.deepEqual(
        { missed: stops.filter(text => points(text) < 5), stopped: passes.filter(text => points(text) >= 5) },
        { missed: [], stopped: [] },
      );
    });
  }

  it('take time in proportion to the text', () => {
    const units = [
      'cn=a,',
      'a@b.c\n',
      'a@b.c,',
      '\nadd: ',
      '\n-\n',
      '{"$not":{',
      '[{"$in":',
      '{"query":{',
      "' return a:b(",
      'delete node /',
      '?a?',
      ' -t',
    ];
    for (const detector of [ldap, nosql, xpath, mail, mailSender, shell])
      assert.deepEqual(slowest(detector, units), []);
  });
});
