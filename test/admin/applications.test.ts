import { dismissApplication } from '../../src/applications/dismiss';
import { findApplication } from '../../src/applications/find';
import { openSession, readPage, type Visit } from '../support/admin';
import { createFailed, createFailures, createRejected } from '../support/applications';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

let visit: Visit;
beforeAll(async () => {
  visit = await openSession(web, await tokenFor(stores, 'queues:admin'));
});

const list = async (query = '') => readPage(await visit(`/admin/applications${query}`));

it('says when there are none', async () => {
  expect(await list()).toContain('Received None.');
});

it('lists those with an outcome, without personal data', async () => {
  const rejected = await createRejected(stores);
  const failed = await createFailed(stores);
  const text = await list();
  for (const id of [rejected.id, failed.id, rejected.candidate_id]) expect(text).toContain(id);
  expect(text).not.toMatch(/\+1|@/);
});

it('lists those with one outcome, and says what its reason means', async () => {
  const rejected = await createRejected(stores);
  const failed = await createFailed(stores);
  const text = await list('?status=REJECTED&reason=ACTIVE_CONVERSATION');
  expect(text).toContain(`${rejected.id} REJECTED ACTIVE_CONVERSATION ${rejected.candidate_id}`);
  expect(text).not.toContain(failed.id);
  expect(text).toContain('ACTIVE_CONVERSATION: the candidate has a conversation');
  expect(text).toContain('conv apps list --status REJECTED --reason ACTIVE_CONVERSATION');
});

it('lists those for one job', async () => {
  const [one, other] = [await createRejected(stores), await createRejected(stores)];
  const { job_id } = await findApplication(stores.database, queue.applications, one.id);
  const text = await list(`?job_id=${job_id}&status=REJECTED`);
  expect(text).toContain(`Applications for job ${job_id}`);
  expect([text.includes(one.id), text.includes(other.id)]).toEqual([true, false]);
  expect(text).toContain(`conv apps list --status REJECTED --job=${job_id}`);
});

it('leaves out failures that were dismissed, as the command does', async () => {
  const [kept = '', dismissed = ''] = await createFailures(stores, 'odd', 2);
  await dismissApplication(stores.database, dismissed, 'ops');
  const text = await list('?status=FAILED');
  expect([text.includes(kept), text.includes(dismissed)]).toEqual([true, false]);
});

it('shows a command that takes a job with a hyphen in front', async () => {
  expect(await list('?job_id=-o')).toContain('conv apps list --job=-o');
});

it('leads on to the next page', async () => {
  const ids = await createFailures(stores, 'the disk is full', 51);
  const response = await visit('/admin/applications?status=FAILED');
  const [, next = ''] = /href="([^"]+)">Next page/.exec(await response.text()) ?? [];
  const [first, second] = [
    await list('?status=FAILED'),
    await readPage(await visit(next.replaceAll('&amp;', '&'))),
  ];
  for (const id of ids) expect(first.includes(id) !== second.includes(id)).toBe(true);
});

it.each(['order=asc', 'limit=10', 'status=LOST', 'reason=NONE', 'cursor=x', 'job_id=%00', 'job=1'])(
  'refuses ?%s',
  async (query) => {
    const response = await visit(`/admin/applications?${query}`);
    expect(response.status).toBe(422);
    expect(await readPage(response)).toContain(query.split('=')[0]);
  },
);
