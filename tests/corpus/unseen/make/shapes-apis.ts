/** Interfaces of data and of clouds, as programs ask them. */
import { enc, form, get, json, parts, raw, type Shape } from '../../make/shape.ts';

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const apiShapes: readonly Shape[] = [
  json('GraphQL, relay', '/graphql', w => ({
    operationName: 'FeedQuery',
    query:
      'query FeedQuery($first: Int!, $after: String, $where: PostFilter) { viewer { id ...Me } feed(first: $first, after: $after, where: $where) { edges { cursor node { id title author { name } ... on Poll @include(if: true) { options { text votes } } } } pageInfo { hasNextPage endCursor } } } fragment Me on User { login avatar(size: 48) }',
    variables: {
      first: 20,
      after: `Y3Vyc29yOnYyOpK0${w.token(8)}==`,
      where: { OR: [{ title_contains: w.words() }, { tags_some: { name_in: ['sale', 'new'] } }] },
    },
    extensions: { persistedQuery: { version: 1, sha256Hash: w.hex(64) } },
  })),
  json('GraphQL, mutation with text', '/api/graphql', w => ({
    query:
      'mutation AddComment($input: AddCommentInput!) { addComment(input: $input) { commentEdge { node { id bodyHTML } } errors { path message } } }',
    variables: { input: { subjectId: `I_${w.token(12)}`, body: w.text(), clientMutationId: w.uuid() } },
  })),
  get(
    'GraphQL, stored query',
    w =>
      `/graphql?operationName=Product&variables=${enc(JSON.stringify({ slug: w.words(), filters: { price: { lte: 90 } } }))}&extensions=${enc(JSON.stringify({ persistedQuery: { version: 1, sha256Hash: w.hex(64) } }))}`,
  ),
  json('Hasura', '/v1/graphql', w => ({
    query:
      'query q($w: places_bool_exp) { places(where: $w, order_by: {rank: desc_nulls_last}, limit: 20) { id name tags_aggregate { aggregate { count } } } }',
    variables: {
      w: {
        _or: [{ name: { _ilike: `%${w.words()}%` } }, { zip: { _in: ['8010', '8020'] } }],
        deleted_at: { _is_null: true },
      },
    },
  })),
  get(
    'JSON:API, nested filters',
    w =>
      `/api/books?filter=${enc(`and(contains(title,'${w.words().replaceAll("'", "''")}'),or(greaterThan(pages,'${w.below(500)}'),has(reviews)),not(equals(state,'draft')))`)}&include=author.country&fields%5Bbooks%5D=title&page%5Bnumber%5D=${w.below(9)}`,
  ),
  json(
    'JSON:API, create',
    '/api/articles',
    w => ({
      data: {
        type: 'articles',
        attributes: { title: w.text().slice(0, 80), body: w.text() },
        relationships: { author: { data: { type: 'people', id: `${w.below(99)}` } }, tags: { data: [] } },
      },
    }),
    { type: 'application/vnd.api+json' },
  ),
  get(
    'OData, lambda',
    w =>
      `/odata/Projects?$filter=${enc(`Tasks/any(t: t/Hours gt ${w.below(99)} and substringof('${w.words().replaceAll("'", "''")}', t/Title)) and year(Due) eq 2026`)}&$apply=${enc('groupby((Owner),aggregate(Hours with sum as Total))')}&$skip=${w.below(99)}&$format=json`,
  ),
  raw(
    'OData, batch',
    '/odata/$batch',
    'multipart/mixed; boundary=batch_36522ad7',
    w =>
      `--batch_36522ad7\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET Customers('${w.word(5).toUpperCase()}')?$select=Name HTTP/1.1\r\nAccept: application/json\r\n\r\n--batch_36522ad7\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nPATCH Orders(${w.below(999)}) HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify({ Note: w.text() })}\r\n--batch_36522ad7--\r\n`,
  ),
  json('JSON-RPC of an ERP', '/web/dataset/call_kw/res.partner/web_search_read', w => ({
    id: w.below(99),
    jsonrpc: '2.0',
    method: 'call',
    params: {
      model: 'res.partner',
      method: 'web_search_read',
      args: [],
      kwargs: {
        domain: [
          '&',
          ['active', '=', true],
          '|',
          ['name', 'ilike', w.words()],
          ['child_ids.email', '=like', '%@example.com'],
        ],
        specification: { display_name: {}, country_id: { fields: { code: {} } } },
        limit: 80,
        order: 'name ASC, id desc',
        context: { lang: 'de_AT', tz: 'Europe/Vienna' },
      },
    },
  })),
  json('JSON-RPC of a chain', '/v3/mainnet', w => [
    {
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_call',
      params: [{ to: `0x${w.hex(40)}`, data: `0x70a08231000000000000000000000000${w.hex(40)}` }, 'latest'],
    },
    {
      jsonrpc: '2.0',
      id: 2,
      method: 'eth_getLogs',
      params: [{ fromBlock: `0x${w.hex(6)}`, topics: [`0x${w.hex(64)}`, null] }],
    },
  ]),
  raw(
    'XML-RPC',
    '/xmlrpc',
    'text/xml',
    w =>
      `<?xml version="1.0"?>\n<methodCall><methodName>page.save</methodName><params><param><value><string>${w.hex(16)}</string></value></param><param><value><struct><member><name>title</name><value><string>${xml(w.text())}</string></value></member><member><name>n</name><value><int>${w.below(99)}</int></value></member></struct></value></param></params></methodCall>`,
  ),
  raw(
    'SOAP 1.1, VAT',
    '/vies/services/checkVatService',
    'text/xml; charset=utf-8',
    w =>
      `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:urn="urn:ec.europa.eu:taxud:vies:services:checkVat:types"><soapenv:Header/><soapenv:Body><urn:checkVatApprox><urn:countryCode>AT</urn:countryCode><urn:vatNumber>U${w.below(9e7)}</urn:vatNumber><urn:traderName>${xml(w.pick(['Huber & Söhne', 'O’Neil <Trading>', 'A-Z "Möbel"']))}</urn:traderName></urn:checkVatApprox></soapenv:Body></soapenv:Envelope>`,
    { headers: { soapaction: '""' } },
  ),
  raw(
    'SOAP 1.2, cameras',
    '/onvif/media_service',
    'application/soap+xml; charset=utf-8; action="http://www.onvif.org/ver10/media/wsdl/GetStreamUri"',
    w =>
      `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header><Security s:mustUnderstand="1" xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><UsernameToken><Username>viewer</Username><Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest">${w.word(27)}=</Password><Nonce>${w.word(22)}==</Nonce></UsernameToken></Security></s:Header><s:Body><GetStreamUri xmlns="http://www.onvif.org/ver10/media/wsdl"><ProfileToken>Profile_${w.below(9)}</ProfileToken></GetStreamUri></s:Body></s:Envelope>`,
  ),
  raw(
    'gRPC-web',
    '/shop.v1.CartService/AddItem',
    'application/grpc-web-text',
    w => Buffer.from([0, 0, 0, 0, 30, 10, 28, ...Array.from({ length: 28 }, () => w.below(256))]).toString('base64'),
    { headers: { 'x-grpc-web': '1', 'x-user-agent': 'grpc-web-javascript/0.1', 'grpc-timeout': '20S' } },
  ),
  raw(
    'gRPC-web, binary',
    '/auth.v1.SessionService/Refresh',
    'application/grpc-web+proto',
    w => Buffer.from([0, 0, 0, 0, 64, ...Array.from({ length: 64 }, () => w.below(256))]),
    { headers: { 'x-grpc-web': '1' } },
  ),
  json(
    'Connect RPC',
    '/notes.v1.NoteService/Search',
    w => ({ query: w.words(), pageSize: 20, readMask: 'title,body', orderBy: 'update_time desc' }),
    { headers: { 'connect-protocol-version': '1', 'connect-timeout-ms': '5000' } },
  ),
  get(
    'S3, list',
    w =>
      `/acme-media?list-type=2&prefix=${enc(`2026/${w.words()}/`)}&delimiter=%2F&continuation-token=${enc(`1${w.token(60)}==`)}&max-keys=1000`,
    w => ({
      authorization: `AWS4-HMAC-SHA256 Credential=AKIA${w.word(16).toUpperCase()}/20260301/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${w.hex(64)}`,
      'x-amz-content-sha256': w.hex(64),
      'x-amz-date': '20260301T101112Z',
      'user-agent':
        'aws-cli/2.22.7 md/awscrt#0.22.0 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.6 cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#s3.ls',
    }),
  ),
  get(
    'S3, signed link',
    w =>
      `/acme-media/2026/${enc("Minutes (final) & 'agenda'.pdf")}?response-content-disposition=${enc(`attachment; filename="Minutes.pdf"; filename*=UTF-8''Minutes%20%28final%29.pdf`)}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA${w.word(16).toUpperCase()}%2F20260301%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20260301T101112Z&X-Amz-Expires=${w.below(9000)}&X-Amz-SignedHeaders=host&X-Amz-Signature=${w.hex(64)}`,
  ),
  raw(
    'S3, upload in parts',
    w => `/acme-media/video%20${w.below(99)}.mp4?partNumber=${1 + w.below(9)}&uploadId=2~${w.token(32)}`,
    'application/octet-stream',
    w => Buffer.from(Array.from({ length: 400 }, () => w.below(256))),
    { method: 'PUT', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
  ),
  raw(
    'S3, delete many',
    '/acme-media?delete',
    'application/xml',
    w =>
      `<?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet><Object><Key>tmp/${w.hex(8)}.txt</Key></Object><Object><Key>${xml(w.text()).replaceAll('\n', ' ')}</Key></Object></Delete>`,
  ),
  parts('S3, browser form', '/acme-media', w => [
    { name: 'key', value: 'uploads/${filename}' },
    { name: 'acl', value: 'private' },
    {
      name: 'policy',
      value: Buffer.from(
        '{"expiration":"2026-12-01T12:00:00.000Z","conditions":[{"bucket":"acme-media"},["starts-with","$key","uploads/"]]}',
      ).toString('base64'),
    },
    { name: 'x-amz-signature', value: w.hex(64) },
    { name: 'success_action_redirect', value: 'https://app.example.com/done?b=1&k=${key}' },
    {
      name: 'file',
      value: Buffer.from(Array.from({ length: 90 }, () => w.below(256))),
      filename: 'IMG_0012 (1).HEIC',
      type: 'image/heic',
    },
  ]),
  get(
    'blob with SAS',
    w =>
      `/media/${w.uuid()}/clip.mp4?sv=2024-11-04&st=2026-03-01T10%3A00%3A00Z&se=2026-03-01T12%3A00%3A00Z&sr=b&sp=r&spr=https&skoid=${w.uuid()}&sig=${enc(`${w.word(42)}+/=`)}&rscd=${enc("inline; filename*=UTF-8''clip%202.mp4")}`,
  ),
  json(
    'DynamoDB',
    '/',
    w => ({
      TableName: 'carts',
      KeyConditionExpression: '#u = :u AND begins_with(sk, :p)',
      FilterExpression: 'attribute_not_exists(deleted) OR qty > :n',
      ExpressionAttributeNames: { '#u': 'user' },
      ExpressionAttributeValues: { ':u': { S: w.mail() }, ':p': { S: 'item#' }, ':n': { N: `${w.below(9)}` } },
    }),
    { type: 'application/x-amz-json-1.0', headers: { 'x-amz-target': 'DynamoDB_20120810.Query' } },
  ),
  form('SQS', '/123456789012/jobs', w => ({
    Action: 'SendMessage',
    Version: '2012-11-05',
    MessageBody: JSON.stringify({ do: 'resize', src: 's3://in/a b.png', note: w.text() }),
    'MessageAttribute.1.Name': 'trace',
    'MessageAttribute.1.Value.StringValue': `Root=1-${w.hex(8)}-${w.hex(24)}`,
    'MessageAttribute.1.Value.DataType': 'String',
  })),
  json('Firestore', '/v1/projects/acme-app/databases/(default)/documents:runQuery', w => ({
    structuredQuery: {
      from: [{ collectionId: 'orders' }],
      where: {
        compositeFilter: {
          op: 'AND',
          filters: [
            {
              fieldFilter: { field: { fieldPath: '`customer`.email' }, op: 'EQUAL', value: { stringValue: w.mail() } },
            },
            { unaryFilter: { op: 'IS_NOT_NULL', field: { fieldPath: 'paid' } } },
          ],
        },
      },
      orderBy: [{ field: { fieldPath: '__name__' }, direction: 'DESCENDING' }],
      limit: w.below(50),
    },
  })),
  get(
    'Supabase',
    w =>
      `/rest/v1/events?select=id,title,venue(name,city)&or=(title.ilike.*${enc(w.words())}*,and(starts.gte.2026-01-01,tags.cs.%7Bfree%7D))&state=not.in.(draft,%22on%20hold%22)&order=starts.asc&offset=${w.below(90)}`,
  ),
  json('search of a cluster', '/products/_msearch', w => ({
    queries: [
      {
        indexUid: 'products',
        q: w.words(),
        filter: "price < 40 AND (brand = 'Fjäll' OR brand = 'O\\'Neill') AND NOT tags IN ['old']",
        facets: ['*'],
        attributesToHighlight: ['title'],
        highlightPreTag: '<mark>',
        highlightPostTag: '</mark>',
      },
    ],
  })),
  raw(
    'search, lines of JSON',
    '/_msearch?max_concurrent_searches=5',
    'application/x-ndjson',
    w =>
      `{"index":"docs","preference":"_local"}\n${JSON.stringify({ query: { bool: { must: [{ query_string: { query: `title:(${w.words()}) AND NOT type:draft`, default_operator: 'AND' } }], must_not: { exists: { field: 'deleted' } } } }, highlight: { pre_tags: ['<em>'], post_tags: ['</em>'], fields: { '*': {} } }, size: w.below(20) })}\n`,
  ),
  json(
    'search, Algolia',
    w =>
      `/1/indexes/*/queries?x-algolia-agent=${enc('Algolia for JavaScript (4.24.0); Browser (lite); instantsearch.js (4.75.5)')}&x-algolia-api-key=${w.hex(32)}`,
    w => ({
      requests: [
        {
          indexName: 'prod_items',
          params: `query=${enc(w.words())}&facetFilters=${enc('[["color:red","color:blue"],"stock:-0"]')}&highlightPreTag=__ais-highlight__&filters=${enc('price < 90 AND NOT brand:"X & Y"')}&page=0`,
        },
      ],
    }),
  ),
  get(
    'Solr',
    w =>
      `/solr/catalog/select?q=${enc(w.words())}&defType=edismax&qf=${enc('title^4 text')}&fq=${enc('{!tag=cat}category:("Home & Garden" OR toys)')}&fq=price:%5B10%20TO%20*%5D&facet=true&facet.field=%7B!ex%3Dcat%7Dcategory&wt=json&rows=${w.below(50)}&bf=${enc('recip(ms(NOW/HOUR,added),3.16e-11,1,1)')}`,
  ),
  json('vectors', '/collections/docs/points/search', w => ({
    vector: Array.from({ length: 12 }, () => w.below(2000) / 1000 - 1),
    filter: { must: [{ key: 'lang', match: { any: ['de', 'en'] } }], must_not: [{ is_empty: { key: 'text' } }] },
    with_payload: true,
    limit: 5,
  })),
  json('model, completion', '/v1/chat/completions', w => ({
    model: 'llama-3.1-8b',
    stream: true,
    messages: [
      { role: 'system', content: 'You are terse. Answer in Markdown; never run tools twice.' },
      { role: 'user', content: w.text() },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'lookup', parameters: { type: 'object', properties: { sql: { type: 'string' } } } },
      },
    ],
    temperature: 0.3,
  })),
  json(
    'model tools',
    '/mcp',
    w => ({
      jsonrpc: '2.0',
      id: w.below(99),
      method: 'tools/call',
      params: { name: 'search_pages', arguments: { q: w.text() }, _meta: { progressToken: w.below(9) } },
    }),
    {
      headers: {
        'mcp-session-id': 'b1f0a2',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-06-18',
      },
    },
  ),
];
