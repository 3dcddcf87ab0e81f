/** nginx + ModSecurity with the Core Rule Set as Debian packages them, judged by whether a request reaches the application behind it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bodyOf, type CorpusEntry } from '../../tests/corpus/corpus.ts';
import { freePort, start, stop, until } from '../../tests/servers/process.ts';

export interface Peer extends AsyncDisposable {
  readonly port: number;
  /** True when the request did not reach the application; undefined when it could not be sent. */
  judge(entry: CorpusEntry): Promise<boolean | undefined>;
}

const reached = 'x-reached';

/** Starts it on a free loopback port with limits wide enough for every request of the corpus. */
export async function startPeer(paranoia: 1 | 2): Promise<Peer> {
  const dir = mkdtempSync(path.join(tmpdir(), 'accuracy-'));
  const port = await freePort();
  const behind = await freePort();
  writeFileSync(path.join(dir, 'modsec.conf'), rules(paranoia));
  writeFileSync(path.join(dir, 'nginx.conf'), config(dir, port, behind));
  const { child, output } = start({
    command: '/usr/sbin/nginx',
    args: ['-p', dir, '-c', path.join(dir, 'nginx.conf'), '-e', path.join(dir, 'error.log')],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const send = (entry: Pick<CorpusEntry, 'request'>): Promise<boolean | undefined> => sendTo(port, agent, entry);
  await until(
    async () =>
      (await send({
        request: {
          method: 'GET',
          target: '/',
          headers: [
            ['host', 'www.example.com'],
            ['user-agent', 'Mozilla/5.0'],
            ['accept', '*/*'],
          ],
        },
      })) === false,
    `nginx: ${output()}`,
  ).catch(async (error: unknown) => {
    await stop(child);
    throw new Error(`Cannot start nginx: ${output()}`, { cause: error });
  });
  return {
    port,
    judge: send,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await stop(child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function sendTo(port: number, agent: Agent, { request }: Pick<CorpusEntry, 'request'>): Promise<boolean | undefined> {
  return new Promise(resolve => {
    const body = bodyOf(request);
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of request.headers) {
      const known = headers[name];
      headers[name] = known === undefined ? latin1(value) : [...[known].flat(), latin1(value)];
    }
    if (body !== undefined) headers['content-length'] = String(body.length);
    try {
      const out = httpRequest(
        {
          host: '127.0.0.1',
          port,
          agent,
          method: request.method,
          path: latin1(request.target),
          headers,
          timeout: 20_000,
        },
        answer => {
          answer.resume();
          answer.on('end', () => resolve(answer.headers[reached] === undefined));
          answer.on('error', () => resolve(true));
        },
      );
      out.on('timeout', () => out.destroy());
      out.on('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? true : undefined),
      );
      out.end(body);
    } catch {
      resolve(undefined);
    }
  });
}

/** Node writes heads as Latin-1: each byte of the UTF-8 text becomes one character. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

const rules = (paranoia: number): string => `
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess Off
SecRequestBodyLimit 134217728
SecRequestBodyNoFilesLimit 134217728
SecRequestBodyLimitAction Reject
SecPcreMatchLimit 100000
SecPcreMatchLimitRecursion 100000
SecAuditEngine Off
SecTmpDir /tmp/
SecDataDir /tmp/
SecUnicodeMapFile /etc/nginx/unicode.mapping 20127
SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\\+|/)|text/)xml" "id:'200000',phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:'200001',phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule REQBODY_ERROR "!@eq 0" "id:'200002',phase:2,t:none,deny,status:400"
SecRule MULTIPART_STRICT_ERROR "!@eq 0" "id:'200003',phase:2,t:none,deny,status:400"
Include /etc/modsecurity/crs/crs-setup.conf
SecAction "id:900000,phase:1,nolog,pass,t:none,setvar:tx.paranoia_level=${paranoia}"
SecAction "id:900200,phase:1,nolog,pass,t:none,setvar:'tx.allowed_methods=GET HEAD POST OPTIONS PUT PATCH DELETE PROPFIND REPORT'"
Include /usr/share/modsecurity-crs/rules/*.conf
`;

const config = (dir: string, port: number, behind: number): string => `
daemon off;
pid ${dir}/nginx.pid;
worker_processes 2;
load_module /usr/lib/nginx/modules/ngx_http_modsecurity_module.so;
events { worker_connections 256; }
http {
  access_log off;
  error_log ${dir}/error.log emerg;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  client_max_body_size 128m; client_body_buffer_size 4m; large_client_header_buffers 16 64k; keepalive_requests 1000000; client_header_buffer_size 64k;
  server {
    listen 127.0.0.1:${port};
    location / { modsecurity on; modsecurity_rules_file ${dir}/modsec.conf; proxy_pass http://127.0.0.1:${behind}; }
  }
  server { listen 127.0.0.1:${behind}; location / { error_page 405 =200 /ok; add_header ${reached} 1 always; return 200 "ok"; } }
}
`;
