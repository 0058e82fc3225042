import { findJob } from '../../src/queue/applications';
import { openSession, readPage, submitIn, type Fields, type Visit } from '../support/admin';
import { createFailures } from '../support/applications';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

let visit: Visit;
beforeAll(async () => {
  visit = await openSession(web, await tokenFor(stores, 'queues:admin', 'applications:write'));
});

const FAILED = '/admin/failed';

const submit = (path: string, fields: Fields, session = visit, headers?: Record<string, string>) =>
  submitIn(web, session, `${FAILED}/${path}`, fields, headers);

const isQueued = async (id: string) => (await findJob(queue.applications, id)) !== null;

describe.each(['confirm', 'replay'])('%s', (step) => {
  it('needs applications:write', async () => {
    const [id = ''] = await createFailures(stores, 'forbidden', 1);
    const reader = await openSession(web, await tokenFor(stores, 'queues:admin'));
    expect(await readPage(await reader(FAILED))).toContain('a token that has the scope applications:write');
    expect((await submit(step, { reason: 'forbidden', count: '1' }, reader)).status).toBe(403);
    expect(await isQueued(id)).toBe(false);
  });

  it('from another origin is refused', async () => {
    const [id = ''] = await createFailures(stores, 'foreign', 1);
    const headers = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await submit(step, { reason: 'foreign', count: '1' }, visit, headers)).status).toBe(403);
    expect(await isQueued(id)).toBe(false);
  });

  it.each<[string, Fields, number, string]>([
    ['nothing', {}, 422, 'nothing is selected'],
    [
      'an error that no application has',
      { reason: 'never' },
      404,
      'no application is FAILED with this error',
    ],
    ['text that no store can hold', { reason: 'a\u0000b' }, 422, 'must not contain control characters'],
    ['too many', Array.from({ length: 201 }, (_, n) => ['id', `a${n}`]), 422, 'at most 200 applications'],
  ])('of %s is a page that says so', async (_, fields, status, text) => {
    const response = await submit(step, fields);
    expect(response.status).toBe(status);
    expect(await readPage(response)).toContain(text);
  });
});

it.each(['', '0', '1.5', '10001'])('refuses a replay with the count "%s"', async (count) => {
  const response = await submit('replay', { id: 'any', count });
  expect(response.status).toBe(422);
  expect(await readPage(response)).toContain('must be a whole number from 1 to 10000');
});
