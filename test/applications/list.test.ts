import { recordFailure } from '../../src/applications/record-failure';
import { listApplications, type ApplicationQuery } from '../../src/applications/list';
import { processApplication } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent, jobData } from '../support/factories';
import { readAllPages } from '../support/bulk-rows';
import { ODD_IDS } from '../support/ids';

const stores = useDatabase();

const FIRST: ApplicationQuery = { order: 'asc', limit: 200 };
const SAME_MOMENT = '2024-01-01T12:00:00.000Z';
const LATER = '2024-01-01T12:00:00.001Z';

const idsOf = async (query: Partial<ApplicationQuery>) =>
  (await listApplications(stores.database, { ...FIRST, ...query })).data.map(({ id }) => id);

/** Every odd id at one same moment, of three candidates, so that most are rejected; then one that failed, later. */
beforeAll(async () => {
  for (const [n, [, id]] of ODD_IDS.entries()) {
    const event = applicationEvent({
      id,
      candidate_id: `candidate-${n % 3}`,
      job_id: n === 3 ? 'job-0' : `job-${n}`,
    });
    await processApplication(stores.database, jobData(event, { received_at: SAME_MOMENT }));
  }
  const event = applicationEvent({ id: 'failed', candidate_id: ':id' });
  await recordFailure(stores.database, jobData(event, { received_at: LATER }), 'it broke');
});

it.each([1, 2, 7])(
  'pages through many that were received at the same moment, each once, %d at a time',
  async (limit) => {
    for (const order of ['asc', 'desc'] as const) {
      const { found } = await readAllPages((query) => listApplications(stores.database, query), {
        order,
        limit,
      });
      expect([...found].sort()).toEqual([...ODD_IDS.map(([, id]) => id), 'failed'].sort());
      expect(found.at(order === 'asc' ? -1 : 0)).toBe('failed');
    }
  },
);

it('lists newest first in the exact reverse of oldest first', async () => {
  expect(await idsOf({ order: 'desc' })).toEqual((await idsOf({ order: 'asc' })).reverse());
});

it('filters by status', async () => {
  expect(await idsOf({ status: ['FAILED'] })).toEqual(['failed']);
  expect(await idsOf({ status: ['ACCEPTED'] })).toHaveLength(3);
  expect(await idsOf({ status: ['ACCEPTED', 'REJECTED', 'FAILED'] })).toHaveLength(ODD_IDS.length + 1);
});

it('filters by reason', async () => {
  expect(await idsOf({ reason: ['DUPLICATE_APPLICATION'] })).toEqual([ODD_IDS[3]?.[1]]);
  expect(await idsOf({ reason: ['ACTIVE_CONVERSATION'] })).toHaveLength(ODD_IDS.length - 4);
});

it('filters by candidate and job', async () => {
  expect(await idsOf({ candidate_id: 'candidate-0', job_id: 'job-0' })).toHaveLength(2);
  expect(await idsOf({ candidate_id: 'candidate-0', job_id: 'job-1' })).toEqual([]);
});

it('treats a filter value that looks like a placeholder as text, on every page', async () => {
  expect(await idsOf({ candidate_id: ':id' })).toEqual(['failed']);
  const query: ApplicationQuery = { ...FIRST, limit: 1, job_id: ':receivedAt' };
  for (const n of [1, 2]) {
    const event = applicationEvent({ id: `placeholder-${n}`, job_id: ':receivedAt' });
    await recordFailure(
      stores.database,
      jobData(event, { received_at: `2023-01-0${n}T00:00:00Z` }),
      'it broke',
    );
  }
  const { found } = await readAllPages((page) => listApplications(stores.database, page), query);
  expect(found).toEqual(['placeholder-1', 'placeholder-2']);
});

it('filters from a moment, inclusive, to another, exclusive', async () => {
  expect(await idsOf({ received_after: new Date(Date.parse(SAME_MOMENT) + 1) })).toEqual(['failed']);
  expect(await idsOf({ received_after: new Date(SAME_MOMENT) })).toHaveLength(ODD_IDS.length + 1);
  expect(await idsOf({ received_after: new Date(LATER), received_before: new Date(LATER) })).toEqual([]);
  expect(
    await idsOf({ received_after: new Date('2024-01-01Z'), received_before: new Date(LATER) }),
  ).toHaveLength(ODD_IDS.length);
});

it('shows a failure with its error and no conversation', async () => {
  const { data } = await listApplications(stores.database, {
    ...FIRST,
    status: ['FAILED'],
    candidate_id: ':id',
  });
  expect(data).toEqual([
    expect.objectContaining({ id: 'failed', reason: 'it broke', conversation_id: null, received_at: LATER }),
  ]);
});
