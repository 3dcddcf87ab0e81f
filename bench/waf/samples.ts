/** Requests as people's browsers and n8n's editor send them, for the bench of the firewall. */

/** A GET as a browser sends it, its strings made anew each time as a parser makes them. */
export function browserHead() {
  const at = 1_763_790_000 + Math.floor(Math.random() * 10_000_000);
  const claims = Buffer.from(JSON.stringify({ id: '94c718', hash: at.toString(36), iat: at })).toString('base64url');
  return {
    method: 'GET',
    path: `/rest/workflows/${at.toString(36)}XyZ`,
    query: `includeScopes=true&filter=%7B%22isArchived%22%3Afalse%7D&sortBy=updatedAt%3Adesc&skip=${at % 50}&take=50`,
    headers: {
      host: 'flows.example.com',
      connection: 'keep-alive',
      accept: 'application/json, text/plain, */*',
      'accept-encoding': 'gzip, deflate, br, zstd',
      'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
      'browser-id': `2f1b7c${at}-9d1e-4f5a-b1c2-0a9b8c7d6e5f`,
      cookie: `_ga=GA1.1.${at}.1763000000; n8n-auth=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${claims}.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4; _ga_X1Y2Z3=GS2.1.s${at}$o4$g1$t1763790123$j60$l0$h0; theme=dark`,
      referer: `https://flows.example.com/workflow/${at.toString(36)}?new=false`,
      'push-ref': `h${at}kq`,
      'sec-ch-ua': '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
      'sec-ch-ua-mobile': '?0',
      'sec-ch-ua-platform': '"Linux"',
      'sec-fetch-dest': 'empty',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
      'user-agent': `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.${at % 9999}.0 Safari/537.36`,
    } as Readonly<Record<string, string>>,
  };
}

/** Parameters of the nodes people use most: requests, SQL, code, mail, switches, agents. */
const parameters: readonly ((i: number) => Record<string, unknown>)[] = [
  i => ({
    url: `=https://api.example.com/v2/orders/{{ $json.orderId }}?page=${i}`,
    authentication: 'predefinedCredentialType',
    nodeCredentialType: 'shopifyApi',
    sendHeaders: true,
    headerParameters: { parameters: [{ name: 'Accept', value: 'application/json' }] },
    options: { timeout: 10_000, batching: { batch: { batchSize: 50, batchInterval: 1000 } } },
  }),
  i => ({
    operation: 'executeQuery',
    query: `SELECT o.id, o.total, c.email\nFROM orders o JOIN customers c ON c.id = o.customer_id\nWHERE o.created_at > now() - interval '${i} days' AND o.status IN ('open', 'paid')\nORDER BY o.created_at DESC LIMIT 100;`,
    options: { queryReplacement: '={{ $json.since }}' },
  }),
  i => ({
    jsCode: `// Group the orders by customer and add up what they owe.\nconst sums = new Map();\nfor (const item of $input.all()) {\n  const { email, total } = item.json;\n  if (!/^[^@\\s]+@[^@\\s]+$/.test(email)) continue;\n  sums.set(email, (sums.get(email) ?? 0) + Number(total) * ${i % 7});\n}\nreturn [...sums].map(([email, total]) => ({ json: { email, total, label: \`\${email}: \${total.toFixed(2)} €\` } }));`,
  }),
  i => ({
    fromEmail: 'shop@example.com',
    toEmail: '={{ $json.email }}',
    subject: `=Your invoice no. ${i} & what comes next`,
    html: `<html><body style="font-family:sans-serif"><h1>Hello {{ $json.name }},</h1><p>Thanks for your order! It&rsquo;s on the way &amp; should arrive by <b>{{ $json.date }}</b>.</p><p><a href="https://shop.example.com/track?id={{ $json.id }}&amp;utm_source=mail">Track it here</a></p></body></html>`,
  }),
  i => ({
    conditions: {
      options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
      conditions: [
        {
          id: `0f0c${i}e1-7d42-4b1c-9a55-3a8f3d1b2c4d`,
          leftValue: '={{ $json.total }}',
          rightValue: 100,
          operator: { type: 'number', operation: 'gt' },
        },
      ],
      combinator: 'and',
    },
  }),
  i => ({
    promptType: 'define',
    text: '={{ $json.chatInput }}',
    options: {
      systemMessage: `You are a friendly assistant of a small shop. Today is {{ $now.toISO() }}. Answer in the customer's language, never guess a price, and use the tool "orders" for everything about order no. ${i}.`,
    },
  }),
];

const types = ['httpRequest', 'postgres', 'code', 'emailSend', 'if', 'agent'];

/** A workflow as the editor saves it, of about so many bytes of JSON. */
export function workflowOf(bytes: number): Record<string, unknown> {
  const nodes: unknown[] = [];
  const connections: Record<string, unknown> = {};
  let length = 400;
  for (let i = 0; length < bytes; i++) {
    const kind = i % parameters.length;
    const name = `${types[kind] ?? 'noOp'} ${i}`;
    const node = {
      parameters: parameters[kind]?.(i) ?? {},
      id: `c1a9${(i * 7919).toString(16).padStart(4, '0')}-3b1e-4c6e-8d0a-5e2f7a9b1c3d`,
      name,
      type: `n8n-nodes-base.${types[kind] ?? 'noOp'}`,
      typeVersion: 2 + (i % 3),
      position: [240 * i, 300],
    };
    nodes.push(node);
    connections[name] = {
      main: [[{ node: `${types[(i + 1) % types.length] ?? 'noOp'} ${i + 1}`, type: 'main', index: 0 }]],
    };
    length += JSON.stringify(node).length + 110;
  }
  return {
    id: 'aB3dE5gH7jK9mN1p',
    name: 'Orders to invoices',
    nodes,
    connections,
    active: true,
    settings: { executionOrder: 'v1' },
  };
}
