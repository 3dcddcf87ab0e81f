/** A real headless Chromium for tests. Tests that want it are skipped, with the reason, where it is not installed. */
import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { goodPassword } from './product.ts';
import { totpCode } from './visitor.ts';

const executablePath = '/usr/bin/chromium';

/** Why tests with a browser are skipped here, or false. */
export const noBrowser: string | false = existsSync(executablePath)
  ? false
  : `chromium is not installed at ${executablePath}`;

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Screen extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Everything the browser complained about: script errors, policy violations, failed loads. */
  readonly complaints: string[];
}

/** Opens a browser window. The gate's certificate is from its own CA, which this browser does not know: that one error is ignored. */
export async function openScreen(
  options: { width?: number; height?: number; dark?: boolean; withoutScript?: boolean } = {},
): Promise<Screen> {
  const browser: Browser = await chromium.launch({ executablePath, args: flags });
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.dark === true ? 'dark' : 'light',
    javaScriptEnabled: options.withoutScript !== true,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(String(error)));
  return { context, page, complaints, [Symbol.asyncDispose]: () => browser.close() };
}

/** Creates the first Owner in the browser, from the link to the end of the recovery codes. Returns the secret of the authenticator app. */
export async function createOwnerOnScreen(
  page: Page,
  link: string,
  person: { email: string; name: string },
): Promise<string> {
  await page.goto(link);
  await page.fill('#email', person.email);
  await page.fill('#name', person.name);
  await page.fill('#password', goodPassword);
  await page.fill('#again', goodPassword);
  await page.click('button[type=submit], form button');
  const secret = (await page.textContent('code.secret')) ?? '';
  await page.fill('#code', totpCode(secret, Date.now()));
  await page.click('form button');
  await page.check('input[type=checkbox]');
  await page.click('form button');
  return secret;
}
