import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { VIEWPORTS } from '../support/viewports';

const USAGE =
  'node --require ./test/support/typescript.js test/browser/screenshots.ts URL TOKEN PHONE FOLDER\n\n' +
  'Takes pictures of every page for operators, of a running conv. PHONE is a phone number that leads to a rejected application.\n' +
  'TOKEN needs queues:admin, applications:write and candidates:read. One FAILED application is replayed.';

const COLOR_SCHEMES = ['light', 'dark'] as const;
/** Pages can be long, pictures should not be. */
const MAX_HEIGHT = 1800;

/** Returns the address of the first link that begins with a path. */
async function findLink(page: Page, start: string): Promise<string> {
  const href = await page.locator(`main a[href^="${start}"]`).first().getAttribute('href');
  if (href === null) throw new Error(`${page.url()} has no link to ${start}`);
  return href;
}

/** Saves a page as `NAME-laptop-light.png`, `NAME-phone-dark.png` and so on. */
async function capture(page: Page, folder: string, name: string): Promise<void> {
  for (const [device, viewport] of Object.entries(VIEWPORTS))
    for (const colorScheme of COLOR_SCHEMES) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const path = join(folder, `${name}-${device}-${colorScheme}.png`);
      const height = Math.min(
        MAX_HEIGHT,
        await page.evaluate<number>('document.documentElement.scrollHeight'),
      );
      const clip = { x: 0, y: 0, width: viewport.width, height };
      // The queue board fades to its other colours.
      await page.screenshot({ path, fullPage: true, clip, animations: 'disabled' });
    }
}

async function logIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(`${url}/admin/login`);
  await page.getByLabel('API token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('Updated every second.').waitFor();
}

/** Replays one FAILED application, with a picture of each step. */
async function captureReplay(page: Page, url: string, folder: string): Promise<void> {
  await page.goto(`${url}/admin/failed`);
  await capture(page, folder, 'failed');
  await page.goto(url + (await findLink(page, '/admin/failed?reason=')));
  await page.getByRole('checkbox').first().check();
  await capture(page, folder, 'failed-error');
  await page.getByRole('button', { name: 'Replay the selected ones…' }).click();
  await capture(page, folder, 'failed-confirm');
  await page.getByRole('button', { name: 'Replay 1 application' }).click();
  await page.getByText('Done.').waitFor();
  await capture(page, folder, 'failed-replay');
}

async function capturePerson(page: Page, url: string, phone: string, folder: string): Promise<void> {
  await page.goto(`${url}/admin/find?${new URLSearchParams({ q: phone }).toString()}`);
  await capture(page, folder, 'find');
  await page.goto(url + (await findLink(page, '/admin/applications/')));
  await capture(page, folder, 'application');
  const [candidate, conversation] = [
    await findLink(page, '/admin/candidates/'),
    await findLink(page, '/admin/conversations/'),
  ];
  await page.goto(url + candidate);
  await capture(page, folder, 'candidate');
  await page.goto(url + conversation);
  await capture(page, folder, 'conversation');
}

async function main(): Promise<void> {
  const [url, token, phone, folder] = process.argv.slice(2);
  if (!url || !token || !phone || !folder) throw new Error(USAGE);
  await mkdir(folder, { recursive: true });
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage({ reducedMotion: 'reduce' });
    await page.goto(`${url}/admin/login`);
    await capture(page, folder, 'login');
    await logIn(page, url, token);
    await capture(page, folder, 'overview');
    await page.goto(`${url}/admin/applications?status=REJECTED`);
    await capture(page, folder, 'applications');
    await capturePerson(page, url, phone, folder);
    await captureReplay(page, url, folder);
    await page.goto(`${url}/admin/queues`);
    await page.getByText('applications').first().waitFor();
    await capture(page, folder, 'queues');
  } finally {
    await browser.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
