/** Offices, clinics, laboratories, games, broadcasters and machines of reports: requests of rarer kinds of sites. */
import { enc, form, get, json, parts, raw, type Shape } from '../../make/shape.ts';

export const officeShapes: readonly Shape[] = [
  get(
    'clinic, FHIR search',
    w =>
      `/fhir/R4/Observation?subject:Patient.identifier=${enc(`urn:oid:1.2.40|${w.below(9e6)}`)}&code=${enc('http://loinc.org|8867-4,http://loinc.org|9279-1')}&date=ge2026-01-01&date=lt2026-06-01&_sort=-date,code&_include=Observation:performer&_elements=code,value&_count=${w.below(99)}`,
  ),
  json(
    'clinic, FHIR patch',
    w => `/fhir/R4/Patient/${w.below(9999)}`,
    w => [
      { op: 'add', path: '/name/0/text', value: w.name() },
      { op: 'replace', path: '/telecom/1', value: { system: 'email', value: w.mail() } },
    ],
    { method: 'PATCH', type: 'application/json-patch+json' },
  ),
  raw(
    'clinic, HL7 over HTTP',
    '/hl7/v2',
    'x-application/hl7-v2+er7',
    w =>
      `MSH|^~\\&|LAB|GRAZ|HIS|KAGES|20260301101112||ORU^R01^ORU_R01|${w.below(9e6)}|P|2.5.1\rPID|1||${w.below(9e6)}^^^HIS||O'Hara^Anna^^^Mag.||19800214|F\rOBX|1|NM|718-7^Hemoglobin^LN||1${w.below(9)}.2|g/dL|12-16|N|||F\rNTE|1||${w.text().replace(/[|\n]/g, ' ')}\r`,
  ),
  get(
    'clinic, pictures',
    w =>
      `/dicom-web/studies?PatientName=${enc(w.pick(["O'*", 'Müller*', 'Li^*']))}&StudyDate=20260101-20260301&ModalitiesInStudy=CT%5CMR&includefield=00081030&fuzzymatching=true&limit=${w.below(90)}`,
  ),
  get(
    'register of companies',
    w =>
      `/firmenbuch/suche?bezeichnung=${enc(w.pick(['Müller & Söhne', "D'Angelo Gastro", 'Select Finanz AG', '"Union" Baugesellschaft', 'Script & Co']))}&suchbereich=2&exakt=false&rechtsform=${enc('GmbH; AG; OG')}&ort=${enc('St. Pölten')}`,
  ),
  get(
    'law texts',
    w =>
      `/Ergebnis.wxe?Abfrage=Bundesnormen&Titel=${enc('"Allgemeines * Gesetzbuch"')}&VonParagraf=${w.below(900)}&Suchworte=${enc('(Haftung oder Schaden) und nicht (Vorsatz)')}&Fassung=01.03.2026&WxeFunctionToken=${w.uuid()}`,
  ),
  get(
    'statistics office',
    w =>
      `/api/v1/data/EARN_SES/A.NR.B-S_X_O.GE10.${w.below(9)}+T.F+M.AT?startPeriod=2018&dimensionAtObservation=AllDimensions&detail=dataonly&format=jsondata&c[TIME_PERIOD]=ge:2010+le:2025`,
  ),
  get(
    'knowledge graph',
    w =>
      `/sparql?query=${enc(`PREFIX wdt: <http://www.wikidata.org/prop/direct/>\nSELECT ?city ?name WHERE { ?city wdt:P17 wd:Q40; rdfs:label ?name. FILTER(LANG(?name) = "de" && STRLEN(?name) > ${w.below(20)}) OPTIONAL { ?city wdt:P1082 ?n } } ORDER BY DESC(?n) LIMIT 50`)}&format=json`,
    () => ({ accept: 'application/sparql-results+json' }),
  ),
  get(
    'sensors of a city',
    w =>
      `/v1.1/Things(${w.below(999)})/Datastreams?$filter=${enc("substringof('Luft',name) and properties/owner eq 'Stadt Graz' and not unitOfMeasurement/symbol eq '°C'")}&$expand=${enc('Observations($top=1;$orderby=phenomenonTime desc)')}&$resultFormat=dataArray`,
  ),
  get(
    'archive of papers',
    w =>
      `/oai?verb=ListRecords&metadataPrefix=oai_dc&set=col_${w.below(999)}&from=2026-01-01T00:00:00Z&resumptionToken=${enc(`oai_dc/2026-01-01/// /${w.below(900)}`)}`,
  ),
  get(
    'dictionary',
    w =>
      `/dict/en-de/${enc(w.pick(['to drop sb. a line', 'select', 'union [trade ~]', "o'clock", 'to execute (sth.)', 'either ... or ...', 'cat & mouse', 'etc.']))}?side=both&order=basic`,
  ),
  get(
    'subtitles',
    w =>
      `/api/timedtext?v=${w.token(8)}&caps=asr&xoaf=5&hl=de&ip=0.0.0.0&ipbits=0&expire=${w.time()}&sparams=ip,ipbits,expire,v,caps,xoaf&signature=${w.hex(40).toUpperCase()}.${w.hex(40).toUpperCase()}&key=yt8&lang=en&fmt=json3&name=${enc('English (auto) & more')}`,
  ),
  get(
    'radio',
    w =>
      `/stream/${w.below(99)}.aac?amsparams=${enc('playerid:web;skey:1772360000;t:<none>')}&listenerid=${w.hex(32)}&awparams=${enc('companionAds:false;region:AT-6')}`,
  ),
  get(
    'podcast directory',
    w => `/api/1.0/search/byterm?q=${enc(w.words())}&clean&fulltext&max=${w.below(60)}&val=any&pretty`,
  ),
  json(
    'game, moves',
    w => `/api/board/game/${w.word(8)}/sync`,
    w => ({
      pgn: `[Event "Casual; blitz"]\n[Site "?"]\n\n1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 {what's this?} 4. Bxc6 dxc6 5. O-O Bg4!? ${w.below(9) > 4 ? '1-0' : '1/2-1/2'}`,
      fen: 'r2qkbnr/1pp2ppp/p1p5/4p3/4P1b1/5N2/PPPP1PPP/RNBQ1RK1 w kq - 1 6',
      chat: w.text(),
    }),
  ),
  json('game, scores', '/v2/leaderboards/weekly/entries', w => ({
    player: w.pick(['xX_Drop_Xx', "L'Étoile", '<(^_^)>', 'null', 'Kim && Co', '-- Ghost --', '%Lucky%']),
    score: w.below(9e6),
    replay: w.token(160),
    mods: ['++speed', '>easy'],
    sum: w.hex(64),
  })),
  form('game, server browser', '/query', w => ({
    filter: '\\appid\\440\\empty\\1\\name_match\\*noobs & friends*',
    start: '0.0.0.0:0',
    region: `${w.below(9)}`,
    note: w.text(),
  })),
  json('report, Metabase', '/api/dataset', w => ({
    database: w.below(9),
    type: 'query',
    query: {
      'source-table': w.below(99),
      aggregation: [['count'], ['sum', ['field', 41, null]]],
      breakout: [['field', 12, { 'temporal-unit': 'month' }]],
      filter: [
        'and',
        ['contains', ['field', 9, null], w.words(), { 'case-sensitive': false }],
        ['or', ['>', ['field', 3, null], 10], ['is-null', ['field', 4, null]]],
      ],
    },
    parameters: [],
  })),
  json('report, Superset', `/api/v1/chart/data?form_data=${enc('{"slice_id":12}')}&dashboard_id=3`, w => ({
    datasource: { id: 7, type: 'table' },
    queries: [
      {
        filters: [
          { col: 'state', op: 'NOT IN', val: ['new'] },
          { col: 'title', op: 'ILIKE', val: `%${w.words()}%` },
        ],
        extras: { having: '', where: '' },
        columns: ['city'],
        metrics: [
          'count',
          { expressionType: 'SIMPLE', aggregate: 'MAX', column: { column_name: 'price' }, label: 'MAX(price)' },
        ],
        orderby: [['count', false]],
        row_limit: w.below(1000),
      },
    ],
  })),
  get(
    'report, Power BI link',
    w =>
      `/groups/me/reports/${w.uuid()}/ReportSection?filter=${enc(`Store/Territory eq 'NC' and Store/Name in ('${w.pick(["Macy''s", 'A & B', 'Or'])}','X') and Sales/Units gt ${w.below(99)}`)}&chromeless=1&ctid=${w.uuid()}`,
  ),
  get(
    'report, Tableau',
    w =>
      `/views/Sales/Overview?:iid=${w.below(9)}&:embed=y&:toolbar=n&Region=${enc('West,East')}&${enc('Order Date')}=${enc('>=2026-01-01')}&:customViews=no&:redirect=auth`,
  ),
  json('notebook of formulas', '/api/kernels/9b1deb4d/execute', w => ({
    header: { msg_id: w.uuid(), msg_type: 'execute_request', version: '5.3' },
    content: { code: w.code(), silent: false, store_history: true },
  })),
  json('table of a base', '/v0/appB1a2C3/Tasks/listRecords', w => ({
    filterByFormula: `AND({Status} != 'Done', OR(FIND("${w.words().replaceAll('"', '')}", {Name}), IS_BEFORE({Due}, TODAY())), {Hours} > ${w.below(9)})`,
    sort: [{ field: 'Due', direction: 'asc' }],
    fields: ['Name', "Who's in?"],
    pageSize: 50,
  })),
  json('CRM search', '/crm/v3/objects/deals/search', w => ({
    filterGroups: [
      {
        filters: [
          { propertyName: 'dealname', operator: 'CONTAINS_TOKEN', value: `*${w.words()}*` },
          { propertyName: 'amount', operator: 'GTE', value: `${w.below(9e4)}` },
        ],
      },
      { filters: [{ propertyName: 'hs_lastmodifieddate', operator: 'LT', value: `${w.time()}000` }] },
    ],
    sorts: ['-createdate'],
    properties: ['dealname', 'amount'],
    limit: 50,
    after: 0,
  })),
  parts('fax by web', '/fax/send', w => [
    { name: 'to', value: '+43 (0)1 / 234 56-78;9' },
    { name: 'cover', value: w.text() },
    { name: 'from', value: w.name() },
    {
      name: 'pages',
      value: Buffer.from([0x49, 0x49, 0x2a, 0, ...Array.from({ length: 300 }, () => w.below(256))]),
      filename: 'Befund O’Hara, A. (S. 1-3).tif',
      type: 'image/tiff',
    },
  ]),
  parts('print shop', '/kalkulation/upload', w => [
    { name: 'MAX_FILE_SIZE', value: '52428800' },
    { name: 'papier', value: '135 g/m² matt; 4/4-färbig (CMYK)' },
    { name: 'auflage', value: `>= ${w.below(5000)}` },
    { name: 'wunsch', value: w.text() },
    {
      name: 'druckdaten',
      value: Buffer.from(
        `%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 595 842\n%%Title: (Flyer 'Sommer')\n${w.word(200)}\n%%EOF`,
      ),
      filename: 'Flyer_Sommer(final_v3).eps',
      type: 'application/postscript',
    },
  ]),
  form('parish office', '/formular/anmeldung.php', w => ({
    'kind[vorname]': w.name(),
    'kind[geb]': '14.02.2017',
    allergien: w.pick(['keine', 'Nüsse (<1 g ok)', 'Milch; Ei; Soja', "peanuts -- can't be near"]),
    'abholung[]': 'Oma & Opa',
    bemerkung: w.text(),
    iban: `AT${10 + w.below(89)} 2011 1${w.below(999)} 1234 5678`,
    einwilligung: 'ja, §6 Abs. 1 lit. a)',
    captcha: '3 + 4 = 7',
  })),
  form('mathematics, homework', '/aufgabe/17/abgabe', w => ({
    a: w.pick([
      'x = 3 or x = -3',
      '{x | x > 0 && x < 1}',
      'f(x)=sin(x)/(1+x^2)',
      "y' = 2*y; y(0)=1",
      '|A ∪ B| = |A| + |B| - |A ∩ B|',
    ]),
    b: w.pick(['1/3', '3!', 'NaN', '10 % 3 = 1', '-(-2)']),
    weg: w.text(),
    zeit: `${w.below(900)}`,
  })),
  raw(
    'lists of a chess club',
    '/dwz/upload.php?verein=10402',
    'text/plain; charset=iso-8859-1',
    w =>
      `Platz|Name|Punkte\n1|${w.pick(['Huber, Anna', "O'Neil, Sam", 'Li, Bo'])}|${w.below(9)},5\n2|Select, Karl|${w.below(5)}\n--\n`,
  ),
  raw(
    'weather station, APRS',
    '/',
    'application/octet-stream',
    w =>
      `user OE6XYZ pass ${w.below(9e4)} vers station 1.2\r\nOE6XYZ>APRS,TCPIP*:@011011z4704.20N/01526.30E_${w.below(360)}/004g010t0${w.below(99)}r000p000h${w.below(99)}b10132 {wx's}\r\n`,
  ),
  raw(
    'tracks of a walk',
    '/api/0.6/gpx/create',
    'application/gpx+xml',
    w =>
      `<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n<gpx version="1.1" creator="Garmin Connect" xmlns="http://www.topografix.com/GPX/1/1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/11.xsd"><trk><name>Sunday &amp; rain; 12 km</name><trkseg><trkpt lat="47.0${w.below(999)}" lon="15.4${w.below(999)}"><ele>${w.below(900)}</ele><time>2026-03-01T10:11:12Z</time></trkpt></trkseg></trk></gpx>`,
  ),
  raw(
    'change of a map',
    w => `/api/0.6/changeset/${w.below(9e8)}/upload`,
    'text/xml',
    w =>
      `<osmChange version="0.6" generator="JOSM"><modify><node id="${w.below(9e9)}" lat="47.07" lon="15.43" version="3"><tag k="name" v="Café &quot;O&apos;Brien&quot; &amp; Bar"/><tag k="opening_hours" v="Mo-Fr 09:00-18:00; PH off"/><tag k="website" v="https://example.org/?a=1&amp;b=2"/></node></modify><delete if-unused="true"/></osmChange>`,
    { headers: { 'user-agent': 'JOSM/1.5 (19265 de) Linux Ubuntu Java/21' } },
  ),
  raw('print over the net', '/ipp/print', 'application/ipp', w =>
    Buffer.concat([
      Buffer.from([2, 0, 0, 11, 0, 0, 0, w.below(255), 1, 0x47]),
      Buffer.from('\0\u0012attributes-charset\0\u0005utf-8H\0\u001battributes-natural-language\0\u0002en'),
    ]),
  ),
  raw('validity of a certificate', '/ocsp', 'application/ocsp-request', w =>
    Buffer.from([0x30, 0x51, 0x30, 0x4f, ...Array.from({ length: 76 }, () => w.below(256))]),
  ),
  raw(
    'DNS over HTTPS',
    '/dns-query',
    'application/dns-message',
    w =>
      Buffer.from([
        0,
        0,
        1,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        3,
        119,
        119,
        119,
        7,
        101,
        120,
        97,
        109,
        112,
        108,
        101,
        3,
        99,
        111,
        109,
        0,
        0,
        w.below(30),
        0,
        1,
      ]),
    { headers: { accept: 'application/dns-message', 'user-agent': 'Chrome' } },
  ),
];
