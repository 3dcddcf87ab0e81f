import { chromium, type Page } from 'playwright-core';
import { pageHeaders } from './caller.ts';

/** A browser window that looks like everybody's. */
export async function openWindow(): Promise<AsyncDisposable & { readonly page: Page }> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
  });
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    userAgent: pageHeaders['user-agent'] ?? '',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return { page, [Symbol.asyncDispose]: () => browser.close() };
}
