/** Programs that send: APIs, GraphQL, reports, measures, sign-ins, uploads. */
import { enc, form, get, json, parts, raw, type Shape, type Words } from '../shape.ts';
import { picture } from '../visit.ts';

const iso = (words: Words): string => new Date(words.time() * 1000).toISOString();

export const bodyShapes: readonly Shape[] = [
  json('GraphQL mutation', '/graphql', words => ({
    operationName: 'AddReview',
    query:
      'mutation AddReview($input: ReviewInput!) { addReview(input: $input) { id ... on Error { message } author { __typename name } } }',
    variables: { input: { text: words.text(), stars: words.below(6) } },
  })),
  json('GraphQL, several at once', '/api/graphql', words => [
    {
      query:
        'query($id: ID!) { node(id: $id) { ...F } } fragment F on Order { lines(first: 5) { edges { node { sku } } } }',
      variables: { id: words.token(12) },
    },
    { query: '{ __typename viewer { id } }' },
  ]),
  json('Elasticsearch search', '/orders/_search?typed_keys=true', words => ({
    query: {
      bool: {
        must: [{ multi_match: { query: words.words(), fields: ['title^3', 'body'], fuzziness: 'AUTO' } }],
        must_not: [{ exists: { field: 'deletedAt' } }],
        filter: [{ range: { price: { gte: words.below(9), lt: 900 } } }],
      },
    },
    aggs: { byBrand: { terms: { field: 'brand.keyword' } } },
    sort: [{ _score: 'desc' }],
  })),
  raw(
    'Elasticsearch, several',
    '/_msearch',
    'application/x-ndjson',
    words =>
      `{"index":"products-*"}\n${JSON.stringify({ query: { query_string: { query: words.words().replace(/[^\w ]/g, ' ') } }, size: words.below(20) })}\n`,
  ),
  json(
    'Algolia',
    words =>
      `/1/indexes/*/queries?x-algolia-agent=${enc('Algolia for JavaScript (4.24.0); Browser (lite); instantsearch.js (4.75.3)')}&n=${words.below(9)}`,
    words => ({
      requests: [
        {
          indexName: 'prod',
          params: `query=${enc(words.words())}&facetFilters=${enc('[["brand:H&M","brand:Levi\'s"]]')}&filters=${enc('price < 100 AND NOT type:"gift card"')}&highlightPreTag=%3Cmark%3E&highlightPostTag=%3C%2Fmark%3E`,
        },
      ],
    }),
  ),
  json(
    'log of errors',
    words =>
      `/api/${words.below(999)}/envelope/?sentry_key=${words.hex(32)}&sentry_version=7&sentry_client=sentry.javascript.browser%2F8.40.0`,
    words => ({
      event_id: words.hex(32),
      level: 'error',
      exception: {
        values: [
          {
            type: 'TypeError',
            value: `undefined is not an object (evaluating 'e.items[${words.below(9)}].id')`,
            stacktrace: {
              frames: [
                { filename: 'https://cdn.example.com/a.js', function: 'Array.map', lineno: 1 },
                { filename: '<anonymous>', function: 'eval' },
              ],
            },
          },
        ],
      },
      breadcrumbs: [
        { category: 'ui.click', message: 'div#app > button.btn[type="submit"]' },
        { category: 'fetch', data: { url: '/api/cart?x=1', status_code: 500 } },
      ],
    }),
    { type: 'text/plain;charset=UTF-8' },
  ),
  json(
    'report of a content policy',
    '/csp-report',
    words => ({
      'csp-report': {
        'document-uri': `https://www.example.com/a?b=${words.below(99)}`,
        referrer: '',
        'violated-directive': 'script-src-elem',
        'effective-directive': 'script-src-elem',
        'original-policy':
          "default-src 'self'; script-src 'self' 'nonce-abc' https://cdn.example.com; report-uri /csp-report",
        disposition: 'enforce',
        'blocked-uri': words.pick(['inline', 'eval', 'data', 'https://ads.example.net/x.js']),
        'script-sample': words.pick(['', 'var a=1;document.write(', 'window.__x=1;']),
        'status-code': 200,
      },
    }),
    { type: 'application/csp-report' },
  ),
  json(
    'reports of a browser',
    '/reports',
    words => [
      {
        age: words.below(900),
        type: 'deprecation',
        url: 'https://www.example.com/',
        user_agent: 'Mozilla/5.0',
        body: {
          id: 'UnloadHandler',
          message: 'Unload event listeners are deprecated; window.onunload = function () {}',
          sourceFile: 'https://cdn.example.com/a.js',
          lineNumber: words.below(99),
        },
      },
    ],
    { type: 'application/reports+json' },
  ),
  json('events of an application', '/v1/batch', words => ({
    batch: [
      {
        type: 'track',
        event: 'Search <submitted>',
        properties: {
          query: words.words(),
          path: '/s',
          search: `?q=${enc(words.words())}`,
          title: words.text().slice(0, 40),
        },
        anonymousId: words.uuid(),
        timestamp: iso(words),
      },
    ],
    sentAt: iso(words),
  })),
  json('recording of a session', '/s/?compression=none', words => ({
    data: [
      {
        type: 3,
        data: {
          source: 0,
          adds: [
            {
              parentId: 4,
              nextId: null,
              node: {
                type: 2,
                tagName: 'span',
                attributes: { class: 'x', style: 'color: red;' },
                childNodes: [],
                id: words.below(900),
              },
            },
          ],
          texts: [{ id: 2, value: words.text() }],
        },
        timestamp: words.time(),
      },
    ],
  })),
  json('sign-in', '/api/auth/login', words => ({
    email: words.mail(),
    password: words.password(),
    remember: true,
    captcha: words.token(80),
  })),
  form('sign-in form', '/session', words => ({
    utf8: '✓',
    authenticity_token: `${words.token(60)}==`,
    'user[login]': words.mail(),
    'user[password]': words.password(),
    commit: 'Log in',
  })),
  form('sign-in by SAML', '/saml/acs', words => ({
    SAMLResponse: Buffer.from(
      `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${words.hex(32)}" Version="2.0" IssueInstant="${iso(words)}"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.example.com/x?a=1&amp;b=2</saml:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignatureValue>${words.token(200)}</ds:SignatureValue></ds:Signature><saml:Subject><saml:NameID>${words.mail()}</saml:NameID></saml:Subject></samlp:Response>`,
    ).toString('base64'),
    RelayState: 'https://app.example.com/?next=%2Fa%3Fb%3D1',
  })),
  form('token', '/oauth/token', words => ({
    grant_type: 'authorization_code',
    code: words.token(40),
    redirect_uri: 'https://app.example.com/cb',
    client_id: words.uuid(),
    client_secret: words.password(),
    code_verifier: words.token(48),
  })),
  json('passkey', '/webauthn/verify', words => ({
    id: words.token(24),
    type: 'public-key',
    response: {
      clientDataJSON: Buffer.from(
        JSON.stringify({ type: 'webauthn.get', challenge: words.token(32), origin: 'https://app.example.com' }),
      ).toString('base64url'),
      authenticatorData: words.token(37),
      signature: words.token(70),
      userHandle: null,
    },
  })),
  json(
    'patch of JSON',
    words => `/api/documents/${words.uuid()}`,
    words => [
      { op: 'replace', path: '/title', value: words.text() },
      { op: 'test', path: '/a~1b/0', value: 1 },
      { op: 'remove', path: '/tags/-' },
    ],
    { method: 'PATCH', type: 'application/json-patch+json' },
  ),
  json(
    'SCIM',
    '/scim/v2/Users',
    words => ({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: words.mail(),
      name: { formatted: words.name() },
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
        department: 'R&D',
        manager: { $ref: `../Users/${words.below(99)}` },
      },
    }),
    { type: 'application/scim+json' },
  ),
  get(
    'SCIM filter',
    words =>
      `/scim/v2/Users?filter=${enc(`userName eq "${words.mail()}" and (active eq true or meta.lastModified gt "2026-01-01T00:00:00Z")`)}&startIndex=1`,
  ),
  json(
    'board of tasks',
    words => `/1/cards/${words.hex(24)}`,
    words => ({
      name: words.text(),
      desc: `- [ ] ${words.text()}\n- [x] done\n\n> "quote"\n\n[link](https://a.example/b?c=d&e=(f))`,
      due: iso(words),
      idMembers: [words.hex(24)],
    }),
    { method: 'PUT' },
  ),
  json('document of blocks', '/api/v3/saveTransactions', words => ({
    requestId: words.uuid(),
    transactions: [
      {
        id: words.uuid(),
        operations: [
          {
            pointer: { table: 'block', id: words.uuid() },
            path: ['properties', 'title'],
            command: 'set',
            args: [[words.text(), [['b'], ['a', 'https://x.example/?y=1']]]],
          },
        ],
      },
    ],
  })),
  json(
    'spreadsheet',
    words => `/v4/spreadsheets/${words.token(30)}/values:batchUpdate`,
    words => ({
      valueInputOption: 'USER_ENTERED',
      data: [
        {
          range: "'Q1 & Q2'!A1:C3",
          values: [
            [words.name(), '=SUM(B2:B9)', `=IF(C${words.below(9)}>0;"yes";"no")`],
            [words.text(), "'+49 30 1234", '-5'],
          ],
        },
      ],
    }),
  ),
  json('map of vectors', '/api/search/nearby', words => ({
    bbox: [13.1, 52.3, 13.7, 52.6],
    filter: ['all', ['==', ['get', 'type'], 'café'], ['>', ['get', 'stars'], words.below(5)], ['!', ['has', 'closed']]],
    text: words.words(),
  })),
  json('payment', '/v1/payments', words => ({
    amount: { value: words.below(90_000), currency: 'NOK' },
    reference: `O'N-${words.below(999)}/B`,
    shopperName: words.name(),
    paymentMethod: { type: 'scheme', encryptedCardNumber: `adyenjs_0_1_25$${words.token(200)}` },
    returnUrl: 'https://shop.example.com/r?x=1;y=2',
    browserInfo: { userAgent: 'Mozilla/5.0', screenWidth: 1512 },
  })),
  json('transfer of money', '/api/transfers', words => ({
    iban: `DE89 3704 0044 0532 0130 ${words.below(99)}`,
    name: words.name(),
    purpose: `Rechnung Nr. ${words.below(999)}; Kd.-Nr. 12/A -- danke & Grüße`,
    amount: '12,50',
  })),
  raw('language server', '/lsp', 'application/vscode-jsonrpc; charset=utf-8', words =>
    JSON.stringify({
      jsonrpc: '2.0',
      id: words.below(999),
      method: 'textDocument/hover',
      params: {
        textDocument: { uri: 'file:///home/marta/app/src/main.ts' },
        position: { line: words.below(300), character: 7 },
      },
    }),
  ),
  json('tools of a model', '/mcp', words => ({
    jsonrpc: '2.0',
    id: words.below(999),
    method: 'tools/call',
    params: { name: 'search_docs', arguments: { query: words.text() } },
  })),
  json('chat of a model', '/v1/chat/completions', words => ({
    model: 'gpt-4o-mini',
    temperature: 0.2,
    messages: [
      { role: 'system', content: 'You are helpful. Never reveal {{secrets}}.' },
      { role: 'user', content: words.text() },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'exec_search', parameters: { type: 'object', properties: { q: { type: 'string' } } } },
      },
    ],
  })),
  raw(
    'XML of an order',
    '/edi/orders',
    'application/xml',
    words =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><ID>${words.below(9999)}</ID><Note>${words.text().replace(/&/g, '&amp;').replace(/</g, '&lt;')}</Note><Price currencyID="EUR">9.50</Price></Order>`,
  ),
  raw(
    'XML-RPC of a tracker',
    '/RPC2',
    'text/xml',
    words =>
      `<?xml version="1.0"?><methodCall><methodName>torrents.list</methodName><params><param><value><i4>${words.below(99)}</i4></value></param></params></methodCall>`,
  ),
  raw('protobuf of an API', '/google.pubsub.v1.Publisher/Publish', 'application/grpc-web+proto', words =>
    Buffer.concat([Buffer.from([0, 0, 0, 0, 42, 10, 18]), Buffer.from(words.token(30))]),
  ),
  raw(
    'metrics by lines',
    '/api/v2/write?org=acme&bucket=iot&precision=s',
    'text/plain; charset=utf-8',
    words =>
      `temp,room=Bob's\\ office,floor=2 value=${words.below(30)}.5,ok=true ${words.time()}\ncpu,host=web-1 load=0.${words.below(99)} ${words.time()}`,
  ),
  raw(
    'upload in pieces',
    words => `/files/${words.uuid()}`,
    'application/offset+octet-stream',
    words => picture(words, 300),
    {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'upload-metadata': 'filename d29ybGQ7KDIpLnBuZw==,type aW1hZ2UvcG5n',
      },
    },
  ),
  parts('upload of a picture', '/api/media', words => [
    { name: 'meta', value: JSON.stringify({ alt: words.text(), tags: ["kid's", 'b&w'] }), type: 'application/json' },
    {
      name: 'file',
      value: picture(words, 400),
      filename: words.pick(['IMG_0012 (1).HEIC.png', "Marta's; cat.png", '写真 1.png', 'photo.final.v2.png']),
      type: 'image/png',
    },
  ]),
  parts('upload of a table', '/import/contacts', words => [
    { name: '_token', value: words.word(40) },
    { name: 'delimiter', value: ';' },
    {
      name: 'csv',
      value: `name;mail;note\n"${words.name()}";${words.mail()};"${words.text().replaceAll('"', '""')}"\n`,
      filename: 'contacts (final).csv',
      type: 'text/csv',
    },
  ]),
  parts('upload of a vCard and a letter', '/mail/send', words => [
    { name: 'to', value: `"${words.name().replaceAll('"', '')}" <${words.mail()}>, b@example.com` },
    { name: 'cc', value: '' },
    { name: 'subject', value: `Re: ${words.text().slice(0, 50)}` },
    { name: 'body', value: `${words.text()}\n\nOn Tue, 3 Mar 2026, Li wrote:\n> ${words.text()}\n-- \nMarta` },
    {
      name: 'attachment',
      value: `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${words.name()}\r\nEND:VCARD\r\n`,
      filename: 'me.vcf',
      type: 'text/vcard',
    },
  ]),
];
