import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { startPreview } from './preview-server.ts';
import type { Scene } from './scenes.ts';
import { scenes } from './scenes.ts';

/**
 * Takes a picture of every page and dialog, wide and narrow, light and dark: `npm run shots --workspace portal -- --out /tmp/portal-shots [--only audit]`.
 * Fails on anything the browser complains about: a script error, a refused style, a failed request that the scene did not ask for.
 */
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: '/tmp/portal-shots' },
    only: { type: 'string', default: '' },
    quick: { type: 'boolean' },
  },
});

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]; // prettier-ignore

interface Look {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
}

const allLooks: readonly Look[] = [
  { name: 'wide-light', width: 1440, height: 900, colorScheme: 'light' },
  { name: 'wide-dark', width: 1440, height: 900, colorScheme: 'dark' },
  { name: 'narrow-light', width: 390, height: 844, colorScheme: 'light' },
  { name: 'narrow-dark', width: 390, height: 844, colorScheme: 'dark' },
];
const looks = options.quick ? allLooks.filter(look => ['wide-light', 'narrow-dark'].includes(look.name)) : allLooks;

async function shoot(browser: Browser, scene: Scene, look: Look): Promise<string[]> {
  // A server for each picture: what one scene changes is not seen by the next.
  const { origin, server } = await startPreview(0);
  const { width, height, colorScheme } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (scene.expects?.test(text) !== true) complaints.push(`${scene.name} ${look.name}: ${text}`);
  };
  page.setDefaultTimeout(6000);
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complain(message.text());
  });
  page.on('pageerror', error => complain(error.message));
  try {
    await page.goto(`${origin}/.sallyport/portal/${scene.path}`, { waitUntil: 'networkidle' });
    await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
    await scene.act?.(page);
    await page.waitForTimeout(350);
    const file = path.join(options.out, `${scene.name}-${look.name}.png`);
    await page.screenshot({ path: file, fullPage: scene.act === undefined && !scene.path.startsWith('audit') });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (overflow > 0) complain(`the page is ${overflow} px wider than the screen`);
  } catch (error) {
    complain(String(error));
  } finally {
    await context.close();
    server.closeAllConnections();
    server.close();
  }
  return complaints;
}

mkdirSync(options.out, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
const complaints: string[] = [];
try {
  for (const scene of scenes.filter(entry => entry.name.includes(options.only))) {
    for (const look of looks) complaints.push(...(await shoot(browser, scene, look)));
  }
} finally {
  await browser.close();
}
process.stdout.write(complaints.length === 0 ? 'No complaints.\n' : `${complaints.join('\n')}\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
