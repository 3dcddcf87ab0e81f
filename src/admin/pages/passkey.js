/**
 * Passkeys on the gate's own pages. Each form marked `data-passkey` is shown where the browser can do what it needs; sending it asks for
 * options, lets the person unlock a passkey, and posts the answer as an ordinary form. Without this script the pages work without passkeys.
 */
const refreshMs = 4 * 60_000;
let quiet = new AbortController();

const toBytes = text =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0));

const toText = buffer =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const withBytes = list => (list ?? []).map(one => ({ ...one, id: toBytes(one.id) }));

async function askOptions(form) {
  const fields = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.dataset.options, { method: 'POST', body: fields, redirect: 'error' });
  if (!answer.ok) throw new Error(answer.status === 429 ? 'busy' : 'stale');
  const { publicKey } = await answer.json();
  const shared = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (form.dataset.passkey === 'get') return { ...shared, allowCredentials: withBytes(publicKey.allowCredentials) };
  const user = { ...publicKey.user, id: toBytes(publicKey.user.id) };
  return { ...shared, user, excludeCredentials: withBytes(publicKey.excludeCredentials) };
}

function printAnswer(credential) {
  const { id, rawId, type, response } = credential;
  const shared = { clientDataJSON: toText(response.clientDataJSON) };
  const made = response.attestationObject && {
    attestationObject: toText(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  };
  const used = response.authenticatorData && {
    authenticatorData: toText(response.authenticatorData),
    signature: toText(response.signature),
    ...(response.userHandle ? { userHandle: toText(response.userHandle) } : {}),
  };
  return JSON.stringify({ id, rawId: toText(rawId), type, response: { ...shared, ...(made || used) } });
}

function send(form, credential) {
  form.elements.namedItem('response').value = printAnswer(credential);
  form.submit();
}

const sayings = {
  NotAllowedError: 'Nothing was unlocked, or it took too long. Try again.',
  InvalidStateError: 'This device holds a passkey for this account already.',
  SecurityError: 'Passkeys need the address this gate is known by.',
  distrusted: 'The browser refuses passkeys here, as it does not trust the certificate of this gate.',
  busy: 'Too many attempts. Wait a minute and try again.',
  stale: 'That took too long. Reload the page and try again.',
};

function arm(form) {
  const say = form.querySelector('[data-message]');
  form.addEventListener('submit', async event => {
    event.preventDefault();
    quiet.abort();
    quiet = new AbortController();
    const button = form.querySelector('button');
    button.disabled = true;
    say.textContent = '';
    try {
      const publicKey = await askOptions(form);
      const act = form.dataset.passkey === 'get' ? 'get' : 'create';
      send(form, await navigator.credentials[act]({ publicKey }));
    } catch (error) {
      // Chromium and its kind say so in words only.
      const isDistrusted = /certificate/i.test(error.message);
      say.textContent = isDistrusted
        ? sayings.distrusted
        : (sayings[error.name] ?? sayings[error.message] ?? 'That did not work. Try again.');
      button.disabled = false;
    }
  });
  form.hidden = false;
}

/** Offers passkeys where the browser offers passwords: in the field of the e-mail address. A challenge ends before its five minutes. */
async function offerQuietly(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  for (;;) {
    const mine = quiet;
    const timer = setTimeout(() => mine.abort('refresh'), refreshMs);
    try {
      const publicKey = await askOptions(form);
      const credential = await navigator.credentials.get({ publicKey, mediation: 'conditional', signal: mine.signal });
      return send(form, credential);
    } catch {
      // Only to begin anew with a fresh challenge: anything else leaves the button.
      if (mine.signal.reason !== 'refresh') return;
      quiet = new AbortController();
    } finally {
      clearTimeout(timer);
    }
  }
}

if (globalThis.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    arm(form);
    if (form.dataset.quiet === 'yes') void offerQuietly(form);
  }
}
