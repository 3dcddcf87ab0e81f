/**
 * What reading alone costs, with a sink that only counts: a GET's head, JSON of 2 KB and of 64 KB with 2,000 leaves, a form, a multipart
 * upload, XML. `node bench/read.ts [seconds per step]`. Prints a Markdown table of the median and of CPU time per call.
 */
import { createBodyReader, readHead } from '../src/perimeter/waf/read/read.ts';
import { readLimits } from '../src/perimeter/waf/waf.ts';

const seconds = Number(process.argv[2] ?? 1);
let leaves = 0;
const sink = {
  leaf(): void {
    leaves++;
  },
};

function measure(what: string, run: () => void): void {
  for (let i = 0; i < 200; i++) run();
  leaves = 0;
  run();
  const told = leaves;
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const stop = performance.now() + seconds * 1000;
  while (performance.now() < stop) {
    const start = performance.now();
    for (let i = 0; i < 10; i++) run();
    times.push((performance.now() - start) / 10);
  }
  const used = process.cpuUsage(cpu);
  const sorted = times.toSorted((a, b) => a - b);
  const median = (sorted[sorted.length >> 1] ?? 0) * 1000;
  const mean = (used.user + used.system) / (times.length * 10);
  console.log(`| ${what} | ${told} | ${median.toFixed(1)} | ${mean.toFixed(1)} |`);
}

function body(contentType: string, text: string): () => void {
  const bytes = Buffer.from(text);
  return () => {
    const reader = createBodyReader({ contentType, contentEncoding: undefined, sink, limits: readLimits });
    const found = 'kind' in reader ? reader : (reader.feed(bytes) ?? reader.end());
    if (found !== undefined) throw new Error(found.detail);
  };
}

/** Nodes as a workflow editor saves them. */
function workflow(count: number): string {
  const nodes = Array.from({ length: count }, (_, i) => ({
    id: `b7c1e${i}`,
    name: `HTTP Request ${i}`,
    type: 'n8n-nodes-base.httpRequest',
    position: [i * 20, 300],
    parameters: {
      url: 'https://api.example.com/v1/items?page={{ $json.page }}',
      note: `line one\nline "${i}"`,
      limit: 50,
    },
  }));
  return JSON.stringify({ name: 'Nightly sync', active: false, nodes, connections: {} });
}

const head = {
  method: 'GET',
  path: '/rest/workflows/R3kQ1/executions',
  query: 'limit=20&filter=%7B%22status%22%3A%22error%22%7D&sort=desc',
  headers: {
    host: 'n8n.example.com',
    connection: 'keep-alive',
    accept: 'application/json, text/plain, */*',
    'accept-encoding': 'gzip, deflate, br',
    'accept-language': 'de-DE,de;q=0.9,en;q=0.8',
    'browser-id': '4f4a6c0e-8d9f-4f0a-9a55-0d3ce0c3b1f2',
    cookie: 'n8n-auth=eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjEifQ.c2lnbmF0dXJl; theme=dark; _ga=GA1.2.123.456',
    referer: 'https://n8n.example.com/workflow/R3kQ1?debug=1',
    'sec-fetch-dest': 'empty',
    'sec-fetch-mode': 'cors',
    'sec-fetch-site': 'same-origin',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
    'x-forwarded-for': '203.0.113.7',
    'x-request-id': '9b7f0f3e',
    origin: 'https://n8n.example.com',
  },
};

console.log('| read | leaves | median µs | CPU µs |\n| --- | --- | --- | --- |');
measure('GET head, 15 headers', () => {
  readHead(head, sink, readLimits);
});
measure('JSON 2 KB', body('application/json', workflow(8)));
measure('JSON 64 KB', body('application/json', workflow(256)));
measure('JSON 64 KB, Chinese', body('application/json', JSON.stringify({ text: '工作流'.repeat(7000) })));
measure('form 2 KB', body('application/x-www-form-urlencoded', 'name=J%C3%BCrgen+K&id=42&'.repeat(80)));
const part = `--B\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n${'plain text '.repeat(5900)}\r\n--B--\r\n`;
measure('multipart file 64 KB', body('multipart/form-data; boundary=B', part));
measure('XML 64 KB', body('text/xml', `<a>${'<item id="1"><name>a &amp; b</name></item>'.repeat(1500)}</a>`));
measure('text 64 KB', body('text/plain', 'a line of words, and more.\n'.repeat(2400)));
