import type { Page } from 'playwright-core';
import { createFailed, createFailures } from '../support/applications';
import {
  describeWithBrowser,
  findViolations,
  horizontalOverflow,
  useBrowser,
  VIEWPORTS,
} from '../support/browser';
import { useDatabase } from '../support/database';
import { publishing, recordEarlier } from '../support/metrics';
import { useQueue } from '../support/queue';
import { tokenFor, useWeb } from '../support/web';
import { runWorker } from '../support/worker';
import { atEnd } from '../support/cleanup';

type Viewport = keyof typeof VIEWPORTS;
const ERROR = 'the database refuses the data (SQLSTATE 23514, constraint conversations_job_check)';

describeWithBrowser('the overview and the page Failed', () => {
  const stores = useDatabase();
  const queue = useQueue();
  const web = useWeb(stores, queue, () => ({ metrics: publishing('web', queue) }));
  const browser = useBrowser();

  let token: string;
  beforeAll(async () => {
    token = await tokenFor(stores, 'queues:admin', 'applications:write');
    atEnd(await runWorker(stores, queue, { metrics: publishing('worker', queue) }));
  });

  /** Logs in at the page that was wanted. */
  async function logIn(path: string, viewport?: Viewport): Promise<Page> {
    const page = await browser.open(web.url + path, viewport);
    await page.getByLabel('API token').fill(token);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    return page;
  }

  it('lead from trouble to its repair, without a reload', async () => {
    const page = await logIn('/admin');
    await page.getByText('Updated every second.').waitFor();
    await page.getByText('All is well.').waitFor();
    await createFailures(stores, ERROR, 3);
    await page.getByText('3 applications FAILED: find the cause').waitFor();
    await page.locator('.box.trouble').waitFor();
    await page.getByRole('link', { name: 'Open Failed' }).click();
    await page.getByRole('link', { name: ERROR, exact: true }).click();
    await page.getByRole('checkbox').first().check();
    await page.getByRole('button', { name: 'Replay the selected ones…' }).click();
    await page.getByRole('button', { name: 'Replay 1 application' }).click();
    await page.getByText('Done.').waitFor();
    await page.getByRole('link', { name: 'All errors' }).click();
    await page.getByRole('button', { name: 'Replay all 2' }).click();
    await page.getByRole('button', { name: 'Replay 2 applications' }).click();
    await page.getByText('Done.').waitFor();
    expect(await page.getByText('2 of 2').isVisible()).toBe(true);
  });

  it('draws the charts of the last hour, and adds new points without a reload', async () => {
    const page = await logIn('/admin');
    await page.getByText('No points yet').waitFor();
    for (const minutes of [2, 1]) await recordEarlier(queue, minutes);
    const chart = page.getByRole('img', { name: /^Applications per minute.*received: last 0, highest 0/ });
    await chart.waitFor();
    expect(await page.getByRole('img').count()).toBe(2);
  });

  it('keep the focus on a link while the figures change', async () => {
    await createFailed(stores, ERROR);
    const page = await logIn('/admin');
    const link = page.getByRole('link', { name: 'Open Failed' });
    await link.focus();
    await createFailed(stores, ERROR);
    await page.getByText('2 applications FAILED').waitFor();
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Open Failed');
    await stores.database.applications.destroy({ where: { reason: ERROR } });
  });

  describe.each(Object.keys(VIEWPORTS) as Viewport[])('%s', (viewport) => {
    it.each(['light', 'dark'] as const)('are accessible and fit the screen: %s', async (colorScheme) => {
      const error = `an error of ${viewport} ${colorScheme} ${'x'.repeat(200)}`;
      await createFailed(stores, error);
      const page = await logIn('/admin', viewport);
      await page.emulateMedia({ colorScheme });
      const check = async () => [page.url(), await findViolations(page), await horizontalOverflow(page)];
      await page.getByText('Updated every second.').waitFor();
      expect(await check()).toEqual([`${web.url}/admin`, [], 0]);
      await page.goto(`${web.url}/admin/failed`);
      expect(await check()).toEqual([`${web.url}/admin/failed`, [], 0]);
      await page.getByRole('link', { name: error }).click();
      await page.getByRole('checkbox').first().check();
      expect(await check()).toEqual([expect.stringContaining('?reason='), [], 0]);
      await page.getByRole('button', { name: 'Replay the selected ones…' }).click();
      expect(await check()).toEqual([`${web.url}/admin/failed/confirm`, [], 0]);
      await page.getByRole('button', { name: 'Replay 1 application' }).click();
      await page.getByText('Done.').waitFor();
      expect(await check()).toEqual([expect.stringContaining('/admin/failed/replays/'), [], 0]);
    });
  });
});
