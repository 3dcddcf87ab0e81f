import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

const notesMax = 100;
const noteBytesMax = 4096;

/**
 * The bundled sample application: a small notice board with no sign-in of its own, so that there is something to protect within a minute.
 * It believes the identity headers it is given, as real applications behind a gate do, and listens on loopback only.
 */
export async function startSampleApp(): Promise<{ port: number; origin: string } & AsyncDisposable> {
  const notes: { by: string; text: string }[] = [
    { by: 'Sallyport', text: 'Everything on this board came through the gate.' },
  ];
  const server = createServer((req, res) => {
    answer(req, res, notes).catch(() => res.headersSent || res.writeHead(500).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new TypeError('the sample application has no port');
  return {
    port: address.port,
    origin: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(req: IncomingMessage, res: ServerResponse, notes: { by: string; text: string }[]): Promise<void> {
  const who = String(req.headers['remote-name'] ?? '') || String(req.headers['remote-email'] ?? '');
  const { pathname } = new URL(req.url ?? '/', 'http://sample');
  if (pathname === '/' && (req.method === 'GET' || req.method === 'HEAD')) {
    res
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
      .end(page(who, notes));
  } else if (pathname === '/style.css') {
    res.writeHead(200, { 'content-type': 'text/css; charset=utf-8' }).end(style);
  } else if (pathname === '/api/notes' && req.method === 'GET') {
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ notes }));
  } else if (pathname === '/notes' && req.method === 'POST') {
    const text = new URLSearchParams(await readBody(req)).get('text')?.trim() ?? '';
    if (text !== '') notes.unshift({ by: who || 'somebody', text });
    notes.splice(notesMax);
    res.writeHead(303, { location: '/' }).end();
  } else if (pathname === '/webhook/ping' && req.method === 'POST') {
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"pong":true}');
  } else {
    res.writeHead(404, { 'content-type': 'text/plain' }).end('Not here.\n');
  }
}

async function readBody(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req) {
    text += String(chunk);
    if (text.length > noteBytesMax) return '';
  }
  return text;
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function page(who: string, notes: readonly { by: string; text: string }[]): string {
  const list = notes.map(note => `<li><p>${escape(note.text)}</p><small>${escape(note.by)}</small></li>`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Notice board</title><link rel="stylesheet" href="/style.css"><main><header><h1>Notice board</h1>
<p>This application has no sign-in. The gate in front of it says you are <strong>${escape(who) || 'nobody'}</strong>.</p></header>
<form method="post" action="/notes"><label for="text">A note</label><input id="text" name="text" maxlength="280" required>
<button>Pin it</button></form><ul>${list}</ul></main></html>`;
}

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:0;background:light-dark(#f6f5f2,#16181c);color:light-dark(#1c2026,#e8e6e1)}
main{max-width:40rem;margin:0 auto;padding:3rem 1.25rem}h1{font-size:1.75rem;margin:0 0 .5rem}form{display:grid;grid-template-columns:1fr auto;gap:.5rem;margin:2rem 0}
label{grid-column:1/-1;font-size:.875rem}input,button{font:inherit;padding:.6rem .8rem;border-radius:.5rem;border:1px solid light-dark(#c9c6bf,#3a3f47);background:light-dark(#fff,#1e2127);color:inherit;min-width:0}
button{background:#1f5f4a;border-color:#1f5f4a;color:#fff;cursor:pointer}ul{list-style:none;padding:0;display:grid;gap:.75rem}
li{padding:1rem 1.25rem;border-radius:.75rem;background:light-dark(#fff,#1e2127);border:1px solid light-dark(#e2dfd8,#2a2e35);overflow-wrap:anywhere}li p{margin:0 0 .25rem}small{opacity:.7}`;
