/**
 * CPU per request of the Core Rule Set at paranoia level 1: in our engine, and in nginx + ModSecurity 3 as Debian packages them, less what the
 * same nginx costs without it. Saves of a workflow as JSON; all on this machine in one run. `node bench/crs.ts`. Prints a Markdown table.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { coreRuleSetConfig } from '../src/perimeter/seclang/config.ts';
import { createCoreRuleSet } from '../src/perimeter/seclang/core-rule-set.ts';
import { detectorsFrom } from '../src/perimeter/seclang/detectors.ts';
import { diskRules } from '../src/perimeter/seclang/disk.ts';
import { sql } from '../src/perimeter/waf/detect/sql/sql.ts';
import { xss } from '../src/perimeter/waf/detect/xss/xss.ts';
import { crsEntry, skipsWithoutCrs } from '../tests/conformance/crs-installed.ts';
import { freePort, start, stop, until } from '../tests/servers/process.ts';

interface Shape {
  readonly name: string;
  readonly method: string;
  readonly body: Buffer;
  readonly turns: { readonly ours: number; readonly theirs: number };
}

const shapes: readonly Shape[] = [
  { name: 'GET', method: 'GET', body: Buffer.alloc(0), turns: { ours: 3000, theirs: 400 } },
  { name: '2 KB save', method: 'POST', body: save(2048), turns: { ours: 1000, theirs: 100 } },
  { name: '64 KB save', method: 'POST', body: save(65_536), turns: { ours: 60, theirs: 10 } },
];

function save(bytes: number): Buffer {
  const nodes: unknown[] = [];
  const text = () => JSON.stringify({ name: 'Sync partners', nodes, connections: {}, settings: {} });
  for (let i = 0; text().length < bytes; i++) {
    const options = { timeout: 10_000, note: `call the partner and keep answer number ${i}` };
    const parameters = { url: `https://api.example.com/v1/items/${i}`, method: 'GET', options };
    nodes.push({
      id: `node-${i}`,
      name: `Step ${i}`,
      type: 'n8n-nodes-base.httpRequest',
      position: [i * 220, 300],
      parameters,
    });
  }
  return Buffer.from(text());
}

function headersOf(shape: Shape): [string, string][] {
  const headers: [string, string][] = [
    ['Host', 'n8n.example.com'],
    ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'],
    ['Accept', 'application/json, text/plain, */*'],
    ['Accept-Language', 'en-US,en;q=0.9'],
    ['Referer', 'https://n8n.example.com/workflow/12'],
    ['Cookie', 'theme=dark; n8n-auth=abcdef0123456789'],
  ];
  if (shape.body.length > 0)
    headers.push(['Content-Type', 'application/json'], ['Content-Length', String(shape.body.length)]);
  return headers;
}

function ours(shape: Shape): number {
  const config = coreRuleSetConfig.parse({ files: [crsEntry], mode: 'shadow' });
  const crs = createCoreRuleSet(config, { source: diskRules, detectors: detectorsFrom(sql, xss) });
  const once = () => {
    const inspection = crs.open({
      id: 'bench',
      at: 0,
      clientIp: '192.0.2.1',
      method: shape.method,
      target: '/rest/workflows/12',
      protocol: 'HTTP/1.1',
      headers: headersOf(shape),
    });
    inspection.head();
    inspection.body(shape.body);
  };
  for (let i = 0; i < shape.turns.ours / 4; i++) once();
  const begin = process.cpuUsage();
  for (let i = 0; i < shape.turns.ours; i++) once();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000 / shape.turns.ours;
}

const settings = `SecRuleEngine DetectionOnly
SecRequestBodyAccess On
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 13107200
SecAuditEngine Off
SecUnicodeMapFile /etc/nginx/unicode.mapping 20127
SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:'200001',phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
Include /etc/modsecurity/crs/crs-setup.conf
Include /usr/share/modsecurity-crs/rules/*.conf
`;

function nginxConfig(dir: string, [port, behind]: readonly [number, number], isGuarded: boolean): string {
  const guard = isGuarded ? `modsecurity on; modsecurity_rules_file ${dir}/modsec.conf;` : '';
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(name => `${name}_temp_path ${dir}/${name};`)
    .join(' ');
  return `load_module /usr/lib/nginx/modules/ngx_http_modsecurity_module.so;
daemon off; master_process off; pid ${dir}/pid; error_log ${dir}/error.log emerg;
events { worker_connections 64; }
http { access_log off; ${temp} client_max_body_size 20m; client_body_buffer_size 1m;
  server { listen 127.0.0.1:${port}; location / { ${guard} proxy_pass http://127.0.0.1:${behind}; } }
  server { listen 127.0.0.1:${behind}; location / { return 200 "ok"; } } }
`;
}

/** CPU milliseconds that a process has used, in steps of the kernel's clock (10 ms). */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function theirs(isGuarded: boolean): Promise<Map<string, number>> {
  const dir = mkdtempSync(path.join(tmpdir(), 'sallyport-bench-crs-'));
  const port = await freePort();
  writeFileSync(path.join(dir, 'modsec.conf'), settings);
  writeFileSync(path.join(dir, 'nginx.conf'), nginxConfig(dir, [port, await freePort()], isGuarded));
  const { child, output } = start({
    command: '/usr/sbin/nginx',
    args: ['-p', dir, '-c', path.join(dir, 'nginx.conf')],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (shape: Shape) => sendTo(port, agent, shape);
  const out = new Map<string, number>();
  try {
    await until(async () => (await send(first())) === 200, `nginx: ${output()}`);
    for (const shape of shapes) {
      await send(shape);
      const begin = cpuMs(child.pid ?? 0);
      for (let i = 0; i < shape.turns.theirs; i++) await send(shape);
      out.set(shape.name, (cpuMs(child.pid ?? 0) - begin) / shape.turns.theirs);
    }
  } finally {
    agent.destroy();
    await stop(child);
    rmSync(dir, { recursive: true, force: true });
  }
  return out;
}

function first(): Shape {
  const [shape] = shapes;
  if (shape === undefined) throw new Error('no shapes');
  return shape;
}

function sendTo(port: number, agent: Agent, shape: Shape): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(headersOf(shape));
    const out = httpRequest({
      host: '127.0.0.1',
      port,
      agent,
      method: shape.method,
      path: '/rest/workflows/12',
      headers,
    });
    out.on('response', answer => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
      answer.on('error', reject);
    });
    out.on('error', reject);
    out.end(shape.body);
  });
}

if (skipsWithoutCrs !== false) {
  console.log(`Nothing measured: ${skipsWithoutCrs}.`);
} else {
  const plain = await theirs(false);
  const guarded = await theirs(true);
  console.log(
    `Core Rule Set, paranoia level 1, CPU ms per request; Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`,
  );
  console.log('| request | ours | nginx + ModSecurity | without it | times ours |\n|---|--:|--:|--:|--:|');
  for (const shape of shapes) {
    const own = ours(shape);
    const all = guarded.get(shape.name) ?? 0;
    const rest = plain.get(shape.name) ?? 0;
    console.log(
      `| ${shape.name} | ${own.toFixed(2)} | ${all.toFixed(1)} | ${rest.toFixed(2)} | ${((all - rest) / own).toFixed(1)} |`,
    );
  }
}
