import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { createConversation, createFailed, createRejected, processEvent } from '../support/applications';
import {
  describeWithBrowser,
  findViolations,
  horizontalOverflow,
  useBrowser,
  VIEWPORTS,
} from '../support/browser';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { tokenFor, useWeb } from '../support/web';

type Viewport = keyof typeof VIEWPORTS;
const viewports = Object.keys(VIEWPORTS) as Viewport[];
const PHONE_NUMBER = '+1 (415) 555-2671';

describeWithBrowser('the operator’s pages', () => {
  const stores = useDatabase();
  const queue = useQueue();
  const web = useWeb(stores, queue);
  const browser = useBrowser();

  let token: string;
  let rejected: { id: string; candidate_id: string; active: string };
  beforeAll(async () => {
    token = await tokenFor(stores, 'queues:admin', 'applications:write', 'candidates:read');
    rejected = await createRejected(stores);
  });

  /** Logs in at the page that was wanted. */
  async function logIn(path: string, viewport?: Viewport): Promise<Page> {
    const page = await browser.open(web.url + path, viewport);
    await page.getByLabel('API token').fill(token);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    return page;
  }

  it.each(viewports)('lead from a phone number to the reason: %s', async (viewport) => {
    const page = await logIn('/admin/find', viewport);
    await page.getByLabel('What to find').fill(PHONE_NUMBER);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('link', { name: rejected.id }).click();
    const reason = page.getByText(`blocked by conversation ${rejected.active}`);
    await reason.waitFor();
    expect(await reason.isVisible()).toBe(true);
    expect(await page.getByText(`conv replay ${rejected.id}`).isVisible()).toBe(true);
    await page.getByRole('link', { name: 'Open the conversation that blocks it' }).click();
    await page.getByRole('heading', { name: `Conversation ${rejected.active}` }).waitFor();
  });

  it('work by keyboard', async () => {
    const page = await browser.open(`${web.url}/admin/find`);
    const { keyboard } = page;
    // What is typed before the browser moves the focus to the field is lost.
    const focus = (label: string) => page.getByLabel(label).and(page.locator(':focus')).waitFor();
    await focus('API token');
    await keyboard.type(token);
    await keyboard.press('Enter');
    await focus('What to find');
    await keyboard.type(rejected.id);
    await keyboard.press('Enter');
    const replay = page.locator('summary', { hasText: 'Replay…' });
    await replay.waitFor();
    await keyboard.press('Tab');
    await keyboard.press('Enter'); // Skips to the content.
    for (let n = 0; n < 10; n++) {
      if ((await page.evaluate<string>('document.activeElement.tagName')) === 'SUMMARY') break;
      await keyboard.press('Tab');
    }
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Replay this application' }).waitFor();
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.getByText('The replay was asked for').waitFor();
    await page.locator('.status', { hasText: 'QUEUED' }).first().waitFor();
  });

  it('log out', async () => {
    const page = await logIn('/admin/find');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('API token').waitFor();
  });

  it('show each row of a table as a list on a phone', async () => {
    const page = await logIn(`/admin/candidates/${rejected.candidate_id}`, 'phone');
    await page.getByRole('cell').first().waitFor();
    const read = <T>(expression: string) => page.evaluate<T>(expression);
    expect(await read(`getComputedStyle(document.querySelector('td'), '::before').content`)).toBe(
      '"Application"',
    );
    expect(
      await read(
        `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.table'))`,
      ),
    ).toBe(0);
  });

  describe.each(viewports)('%s', (viewport) => {
    it.each(['light', 'dark'] as const)('are accessible and fit the screen: %s', async (colorScheme) => {
      const event = applicationEvent({ id: `wide-${randomUUID()}${'x'.repeat(200)}` });
      await processEvent(stores, event);
      const { id } = await createFailed(stores, 'wide');
      await stores.database.applications.update({ jobId: 'J'.repeat(200) }, { where: { id } });
      const conversation = await createConversation(stores);
      const page = await logIn('/admin/find', viewport);
      await page.emulateMedia({ colorScheme });
      const paths = [
        '/admin/find?q=555-2671',
        `/admin/find?q=${'w'.repeat(200)}`,
        '/admin/failed?reason=wide',
        '/admin/applications',
        '/admin/operations',
        `/admin/candidates/${rejected.candidate_id}`,
        `/admin/candidates/${event.candidate_id}`,
        `/admin/applications/${rejected.id}`,
        `/admin/conversations/${conversation}`,
        '/admin/login',
      ];
      for (const path of paths) {
        await page.goto(web.url + path);
        expect([path, await findViolations(page), await horizontalOverflow(page)]).toEqual([path, [], 0]);
      }
    });
  });
});
