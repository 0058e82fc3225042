import type { Locator, Page } from 'playwright-core';
import { openapi, paths } from '../../src/web/openapi/document';
import { createConversation } from '../support/applications';
import {
  describeWithBrowser,
  findViolations,
  horizontalOverflow,
  useBrowser,
  VIEWPORTS,
} from '../support/browser';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { tokenFor, useWeb } from '../support/web';

type Viewport = keyof typeof VIEWPORTS;
const viewports = Object.keys(VIEWPORTS) as Viewport[];

/** Returns the button that opens an operation. */
const summary = (page: Page, operation: string): Locator =>
  page.locator(`#operations-${operation} .opblock-summary-control`);

/** Returns the status of the answer to a call that was tried. */
async function readStatus(page: Page, operation: string): Promise<string> {
  const status = page.locator(
    `#operations-${operation} .live-responses-table .response .response-col_status`,
  );
  return (await status.innerText()).trim();
}

async function enterToken(page: Page, token: string): Promise<void> {
  await page.locator('.scheme-container').getByRole('button', { name: 'Authorize' }).click();
  const dialog = page.locator('.modal-ux');
  await dialog.getByLabel('Value').fill(token);
  await dialog.getByRole('button', { name: 'Authorize' }).click();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
}

async function execute(page: Page, operation: string): Promise<void> {
  await page.locator(`#operations-${operation}`).getByRole('button', { name: 'Execute' }).click();
}

describeWithBrowser('the API reference', () => {
  const stores = useDatabase();
  const queue = useQueue();
  const web = useWeb(stores, queue);
  const browser = useBrowser();

  async function open(viewport?: Viewport): Promise<Page> {
    const page = await browser.open(`${web.url}/docs`, viewport);
    await page.locator('.opblock').first().waitFor();
    return page;
  }

  it('shows every operation and every pushed event', async () => {
    const page = await open();
    const operations = Object.values(paths).flatMap((item) => Object.values(item)).length;
    const events = Object.keys(openapi.webhooks).length;
    expect(await page.locator('.opblock').count()).toBe(operations + events);
  });

  it('links to the guides', async () => {
    const page = await open();
    const links = await page.getByRole('navigation').getByRole('link').all();
    expect(await Promise.all(links.map((link) => link.getAttribute('href')))).toEqual([
      '/docs',
      '/docs/guides/first-webhook',
      '/docs/guides/follow-events',
      '/docs/guides/receive-pushes',
      '/docs/guides/errors-and-retries',
      '/docs/guides/pagination',
    ]);
  });

  it.each(viewports)('tries a call with a token: %s', async (viewport) => {
    const id = await createConversation(stores);
    const page = await open(viewport);
    await enterToken(page, await tokenFor(stores, 'conversations:read'));
    await summary(page, 'Conversations-listConversations').click();
    await execute(page, 'Conversations-listConversations');
    expect(await readStatus(page, 'Conversations-listConversations')).toBe('200');
    const body = page.locator(
      '#operations-Conversations-listConversations .live-responses-table .microlight',
    );
    expect(await body.first().innerText()).toContain(id);
    expect(await horizontalOverflow(page)).toBe(0);
  });

  it('tries to send an application, with dry_run', async () => {
    const page = await open();
    await enterToken(page, await tokenFor(stores, 'applications:write'));
    await summary(page, 'Applications-sendApplication').click();
    await page.getByLabel('dry_run').selectOption('true');
    await execute(page, 'Applications-sendApplication');
    expect(await readStatus(page, 'Applications-sendApplication')).toBe('200');
  });

  it('asks for the token only, and says how senders sign', async () => {
    const page = await open();
    await summary(page, 'Applications-sendApplication').click();
    const description = page.locator('#operations-Applications-sendApplication .opblock-description');
    expect(await description.getByRole('link').getAttribute('href')).toBe('/docs/guides/first-webhook');
    await page.locator('.scheme-container').getByRole('button', { name: 'Authorize' }).click();
    expect(await page.locator('.modal-ux h4 code').allInnerTexts()).toEqual(['token']);
  });

  it('tries a call by keyboard', async () => {
    const page = await open();
    const { keyboard } = page;
    await page.locator('.scheme-container').getByRole('button', { name: 'Authorize' }).focus();
    await keyboard.press('Enter');
    await page.locator('.modal-ux input').waitFor();
    await keyboard.type(await tokenFor(stores, 'conversations:read'));
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Logout' }).waitFor();
    await keyboard.press('Escape');
    await page.locator('.modal-ux').waitFor({ state: 'detached' });
    await summary(page, 'Conversations-listConversations').focus();
    await keyboard.press('Enter');
    await page.locator('#operations-Conversations-listConversations .execute').focus();
    await keyboard.press('Enter');
    expect(await readStatus(page, 'Conversations-listConversations')).toBe('200');
  });

  it.each(viewports)('is accessible: %s', async (viewport) => {
    const page = await open(viewport);
    await summary(page, 'Service-checkLive').click();
    await execute(page, 'Service-checkLive');
    expect(await readStatus(page, 'Service-checkLive')).toBe('200');
    await summary(page, 'Conversations-moveConversation').click();
    await page.locator('.scheme-container').getByRole('button', { name: 'Authorize' }).click();
    expect(await findViolations(page)).toEqual([]);
    expect(await horizontalOverflow(page)).toBe(0);
  });
});
