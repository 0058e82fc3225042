import type { Locator, Page } from 'playwright-core';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { describeWithBrowser, useBrowser } from '../support/browser';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { failPermanently } from '../support/queue-jobs';
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

  it('leads from the address of the board to the login and back', async () => {
    const page = await browser.open(`${web.url}/admin/queues/queue/applications?status=waiting`);
    await page.getByLabel('API token').fill(token);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('application-', { exact: false }).first().waitFor();
    expect(page.url()).toBe(`${web.url}/admin/queues/queue/applications?status=waiting`);
  });

  it('offers no action that the server refuses', async () => {
    await failPermanently(stores, queue, applicationEvent());
    const page = await openBoard('/queue/applications?status=failed');
    const actions = page.locator('[class*=jobActions] button, [class*=queueActions] button');
    await page.getByRole('button', { name: 'Retry all' }).waitFor();
    const icons = async (all: Locator) => {
      const visible = await all.locator('visible=true').locator('svg').all();
      const names = await Promise.all(visible.map((icon) => icon.getAttribute('class')));
      return names.map((name) => name?.split(' ')[1]);
    };
    expect(await icons(actions)).toEqual(['lucide-refresh-cw', 'lucide-refresh-cw']);
    await page.locator('button[aria-haspopup=menu]:has(.lucide-ellipsis-vertical)').first().click();
    await page.getByRole('menuitem', { name: 'Pause' }).waitFor();
    expect(await icons(page.getByRole('menuitem'))).toEqual(['lucide-refresh-cw', 'lucide-pause']);
  });

  it('leads to the operator’s pages and to the logout', async () => {
    const page = await openBoard();
    for (const name of ['Operator’s pages', 'Log out']) {
      await page.locator('button[aria-haspopup=menu]').first().click();
      const link = page.getByText(name, { exact: true });
      await link.waitFor();
      await page.keyboard.press('Escape');
    }
  });

  it('shows the queue of pushes once pushing was switched on', async () => {
    await switchPushingOn(stores.database);
    const page = await openBoard();
    await page.getByRole('link', { name: /^push/ }).first().waitFor();
  });
});
