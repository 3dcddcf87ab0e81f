/**
 * The hook file, as it runs inside n8n. Written for whatever Node n8n brings: CommonJS and nothing but Node's own modules. Every hook is
 * told after the act except `workflow.preExecute`, which may refuse it by throwing.
 */
export const hookSource = `// Sallyport hook for n8n. Install: EXTERNAL_HOOK_FILES=/path/to/this-file.cjs
// and SALLYPORT_HOOK_SECRET_FILE=/path/to/secret (or SALLYPORT_HOOK_SECRET). For a gate with its own CA: SALLYPORT_HOOK_CA_FILE.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { env } = require('node:process');

const settings = __SETTINGS__;
const secret = readSecret();
const ca = env.SALLYPORT_HOOK_CA_FILE ? fs.readFileSync(env.SALLYPORT_HOOK_CA_FILE) : undefined;
const queueMax = 1000;
const queue = [];
let sending = false;
let lost = 0;

function readSecret() {
  const file = env.SALLYPORT_HOOK_SECRET_FILE;
  const value = file ? fs.readFileSync(file, 'utf8').trim() : env.SALLYPORT_HOOK_SECRET;
  // Not for the workflows that run in this process to see.
  delete env.SALLYPORT_HOOK_SECRET;
  if (!value || value.length < 32) throw new Error('Sallyport hook: set SALLYPORT_HOOK_SECRET_FILE to a file with at least 32 characters');
  return value;
}

function sign(purpose, time, nonce, body) {
  return crypto.createHmac('sha256', secret).update([purpose, settings.site, time, nonce, body].join('\\n')).digest('hex');
}

function isEqual(a, b) {
  const left = Buffer.from(String(a));
  const right = Buffer.from(String(b));
  return left.length === right.length && crypto.timingSafeEqual(left, right);
}

// Resolves with the gate's answer; rejects when it is late, unsigned or no answer at all.
function post(message) {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(message);
    const time = String(Date.now());
    const nonce = crypto.randomBytes(18).toString('base64url');
    const url = new URL(settings.endpoint);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    headers[settings.headers.site] = settings.site;
    headers[settings.headers.time] = time;
    headers[settings.headers.nonce] = nonce;
    headers[settings.headers.signature] = sign('message', time, nonce, body);
    const client = url.protocol === 'https:' ? https : http;
    const timer = setTimeout(() => req.destroy(new Error('no answer in ' + settings.timeoutMs + ' ms')), settings.timeoutMs);
    const end = (done, value) => { clearTimeout(timer); done(value); };
    const req = client.request(url, { method: 'POST', headers, ca, agent: false }, res => {
      const chunks = [];
      let bytes = 0;
      res.on('data', chunk => {
        bytes += chunk.length;
        if (bytes > 65536) req.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      res.on('error', error => end(reject, error));
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (res.statusCode !== 200) return end(reject, new Error('it answered ' + res.statusCode));
        if (!isEqual(res.headers[settings.headers.signature], sign('answer', time, nonce, text))) return end(reject, new Error('its answer is not signed'));
        try { end(resolve, JSON.parse(text)); } catch (error) { end(reject, error); }
      });
    });
    req.on('error', error => end(reject, error));
    req.end(body);
  });
}

// Facts are sent one after the other, so that they arrive in order; a full queue loses the newest and says so.
function tell(message) {
  if (queue.length >= queueMax) {
    lost++;
    if (lost % 100 === 1) console.error('[sallyport-hook] the gate does not answer: ' + lost + ' events not told');
    return;
  }
  queue.push(message);
  if (!sending) void drain();
}

async function drain() {
  sending = true;
  try {
    while (queue.length > 0) {
      for (let attempt = 1; attempt <= 3; attempt++) {
        try { await post(queue[0]); break; } catch (error) {
          if (attempt === 3) console.error('[sallyport-hook] cannot tell the gate: ' + error.message);
          else await new Promise(resolve => setTimeout(resolve, attempt * 500));
        }
      }
      queue.shift();
    }
  } finally { sending = false; }
}

const short = value => (typeof value === 'string' ? value.slice(0, 1000) : undefined);
const actorOf = args => { const actor = args.find(one => one && typeof one === 'object' && typeof one.email === 'string'); return actor ? short(actor.email) : undefined; };
const told = (type, how) => async (...args) => {
  const about = args[0];
  const id = typeof about === 'string' ? about : about && about.id;
  if (typeof id !== 'string' && typeof id !== 'number') return;
  tell({ kind: 'fact', type, id: String(id), name: about && short(about.name), how, account: actorOf(args.slice(1)) });
};

async function ask(workflow, mode) {
  if (!settings.veto) return;
  let answer;
  try {
    answer = await post({ kind: 'ask', workflowId: String(workflow.id || ''), workflowName: short(workflow.name) || '', mode: String(mode) });
  } catch (error) {
    if (settings.whenUnreachable === 'allow') return;
    throw new Error('Sallyport did not allow this run: the gate cannot be asked (' + error.message + ')');
  }
  if (!answer || answer.allow !== true) throw new Error('Sallyport did not allow this run: ' + ((answer && answer.reason) || 'no reason given'));
}

async function finished(run, workflow, executionId) {
  if (!run || !executionId || !workflow) return;
  // A run that waits is not over.
  if (run.status === 'waiting') return;
  const failure = run.data && run.data.resultData && run.data.resultData.error;
  const isFailed = Boolean(failure) || run.status === 'error' || run.status === 'crashed' || run.status === 'canceled';
  tell({
    kind: 'fact', type: isFailed ? 'execution.failed' : 'execution.finished', id: String(workflow.id || 'unknown'), name: short(workflow.name),
    executionId: String(executionId), mode: short(run.mode), error: isFailed ? short((failure && failure.message) || run.status) : undefined,
  });
}

async function ready() {
  try {
    await post({ kind: 'ready', hook: '1' });
    console.log('[sallyport-hook] the gate answers at ' + settings.endpoint);
  } catch (error) {
    console.error('[sallyport-hook] the gate does not answer at ' + settings.endpoint + ': ' + error.message + (settings.veto && settings.whenUnreachable === 'refuse' ? '; no workflow will run until it does' : ''));
  }
}

// A file that was changed or cut off by hand does not load, and n8n does not start with it.
function check(digest) {
  const text = fs.readFileSync(__filename, 'utf8');
  const end = text.lastIndexOf("check('");
  const found = crypto.createHash('sha256').update(text.slice(0, end)).digest('hex');
  if (end === -1 || found !== digest) throw new Error('Sallyport hook: this file was changed; print it again with "sallyport n8n-hook"');
}

module.exports = {
  n8n: { ready: [ready] },
  workflow: {
    afterCreate: [told('workflow.created')],
    afterUpdate: [told('workflow.updated')],
    afterDelete: [told('workflow.deleted', 'removed')],
    afterArchive: [told('workflow.deleted', 'archived')],
    afterUnarchive: [told('workflow.updated', 'unarchived')],
    activate: [told('workflow.activated')],
    deactivate: [told('workflow.deactivated')],
    preExecute: [ask],
    postExecute: [finished],
  },
  credentials: {
    create: [told('credential.changed', 'created')],
    update: [told('credential.changed', 'updated')],
    delete: [told('credential.changed', 'deleted')],
  },
};
`;
