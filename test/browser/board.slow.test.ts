import type { Page } from 'playwright-core';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { describeWithBrowser, useBrowser } from '../support/browser';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { post, tokenFor, useWeb } from '../support/web';

/** useBrowser fails each test on a console error and on a request to another host. */
describeWithBrowser('the queue board in a browser', () => {
  const stores = useDatabase();
  const queue = useQueue();
  const web = useWeb(stores, queue);
  const browser = useBrowser();

  let token: string;
  beforeAll(async () => {
    token = await tokenFor(stores, 'queues:admin');
    await post(web, applicationEvent());
  });

  /** Logs in as an operator, and opens a page of the board. */
  async function openBoard(path = ''): Promise<Page> {
    const page = await browser.open(`${web.url}/admin/login`);
    await page.getByLabel('API token').fill(token);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    await page.goto(`${web.url}/admin/queues${path}`);
    await page
      .getByRole('link', { name: /applications/ })
      .first()
      .waitFor();
    return page;
  }

  it('shows the queue of applications, and no queue of pushes that were never switched on', async () => {
    const page = await openBoard();
    expect(await page.getByRole('link', { name: /^push/ }).count()).toBe(0);
  });

  it('shows a waiting job', async () => {
    const page = await openBoard('/queue/applications?status=waiting');
    await page.getByText('application-', { exact: false }).first().waitFor();
  });

  it('shows the queue of pushes once pushing was switched on', async () => {
    await switchPushingOn(stores.database);
    const page = await openBoard();
    await page.getByRole('link', { name: /^push/ }).first().waitFor();
  });
});
