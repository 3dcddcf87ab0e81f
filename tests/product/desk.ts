/** A person at work on a platform behind the gate, in a real browser: signs in as people do, and notes what went wrong on the way. */
import type { Page } from 'playwright-core';
import { openScreen } from './browser.ts';
import type { Product } from './product.ts';
import { goodPassword } from './product.ts';
import { totpCode } from './visitor.ts';

export interface DeskPerson {
  readonly email: string;
  readonly name: string;
}

/** One person with a browser of their own. */
export interface Desk extends AsyncDisposable {
  readonly page: Page;
  /** Answers of 400 and above, script errors, failed WebSockets: one line each, in order. */
  readonly trouble: string[];
  /** Every WebSocket that was opened, and how many frames came in. */
  readonly sockets: { readonly url: string; frames: number; isOpen: boolean }[];
  /** Opens a one-time link and sets the account up; leaves the person signed in. */
  redeem(link: string): Promise<void>;
  /** Fills in the sign-in pages that are on the screen, with the second factor where there is one. */
  signIn(): Promise<void>;
}

export async function sitDown(person: DeskPerson): Promise<Desk> {
  const screen = await openScreen();
  const { page } = screen;
  page.setDefaultTimeout(60_000);
  const trouble: string[] = [];
  const sockets: Desk['sockets'] = [];
  watch(page, trouble, sockets);
  let secret: string | undefined;
  /** A code works once, and one of the next step is taken too: so nobody has to wait. */
  let stepsAhead = 0;
  const code = (): string => totpCode(secret ?? '', Date.now() + 30_000 * stepsAhead++);
  return {
    page,
    trouble,
    sockets,
    async redeem(link) {
      await page.goto(link);
      await page.fill('#password', goodPassword);
      // An invitation says whose it is already; the first Owner's link does not.
      if ((await page.locator('#email').count()) > 0) {
        await page.fill('#email', person.email);
        await page.fill('#name', person.name);
      }
      await page.fill('#again', goodPassword);
      await page.click('main button');
      await page.waitForURL(url => !url.pathname.endsWith('/link'));
      if ((await page.locator('code.secret').count()) === 0) return;
      secret = (await page.textContent('code.secret')) ?? '';
      await page.fill('#code', code());
      await page.click('button:has-text("Confirm")');
      await page.check('input[type=checkbox]');
      await page.click('button:has-text("Continue")');
      await page.waitForURL(url => url.pathname.startsWith('/.sallyport/portal/'));
    },
    async signIn() {
      await page.waitForURL(url => url.pathname.startsWith('/.sallyport/sign-in'));
      await page.fill('#email', person.email);
      await page.fill('#password', goodPassword);
      await page.click('main button');
      if (secret === undefined) return;
      await page.fill('#code', code());
      await page.click('main button');
    },
    [Symbol.asyncDispose]: () => screen[Symbol.asyncDispose](),
  };
}

function watch(page: Page, trouble: string[], sockets: Desk['sockets']): void {
  page.on('pageerror', error => trouble.push(`script ${error.message.slice(0, 300)}`));
  page.on('console', message => {
    // Of an answer that failed the network tells more.
    const isOfNetwork = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isOfNetwork) trouble.push(`console ${message.text().slice(0, 300)}`);
  });
  page.on('response', answer => {
    const { pathname } = new URL(answer.url());
    if (answer.status() >= 400) trouble.push(`${answer.status()} ${answer.request().method()} ${pathname}`);
  });
  page.on('websocket', socket => {
    const seen = { url: socket.url(), frames: 0, isOpen: true };
    sockets.push(seen);
    socket.on('framereceived', () => {
      seen.frames++;
    });
    socket.on('close', () => {
      seen.isOpen = false;
    });
    socket.on('socketerror', error => trouble.push(`websocket ${error}`));
  });
}

/** Invites a person into the first project; the link sets their account up. */
export async function memberLink(
  product: Product,
  person: DeskPerson,
  role: 'viewer' | 'editor' | 'admin',
): Promise<string> {
  const { operator } = product.sallyport;
  const { user, link } = await operator('users.create', { body: { role: 'member', ...person } });
  const [project] = (await operator('projects.list')).projects;
  if (project === undefined) throw new Error('There is no project');
  await operator('projects.setMember', { params: { id: project.id, userId: user.id }, body: { role } });
  return link.url;
}
