import { parsePhone } from '../../src/lib/phone';
import { convOn } from '../support/cli';
import { clear, useDatabase } from '../support/database';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const conv = convOn(stores, queue);

async function seed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await conv(['seed', ...args]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  return stderr;
}

/** Everything that is not a moment or an id of ours. */
async function contents(): Promise<object> {
  const [people, conversations] = await Promise.all([
    stores.database.candidates.findAll({
      order: ['id'],
      attributes: { exclude: ['createdAt', 'updatedAt'] },
      raw: true,
    }),
    stores.database.conversations.findAll({
      order: ['applicationId'],
      attributes: ['applicationId', 'jobId', 'status'],
      raw: true,
    }),
  ]);
  return { people, conversations };
}

beforeEach(() => clear(stores));

it('makes as many applications as asked for, with conversations in every status and rejections', async () => {
  expect(await seed('--count', '60')).toMatch(
    /^\d+ conversations created, [1-9]\d* applications rejected, 0 were there/,
  );
  expect(await stores.database.applications.count()).toBe(60);
  for (const status of ['CREATED', 'ONGOING', 'COMPLETED'])
    expect(await stores.database.conversations.count({ where: { status } })).toBeGreaterThan(0);
});

it('makes the same data for the same seed', async () => {
  await seed('--count', '150', '--seed', '7');
  const first = await contents();
  await clear(stores);
  await seed('--count', '150', '--seed', '7');
  expect(await contents()).toEqual(first);
});

it('makes other data for another seed', async () => {
  await seed('--count', '5', '--seed', '1');
  const first = await contents();
  await clear(stores);
  await seed('--count', '5', '--seed', '2');
  expect(await contents()).not.toEqual(first);
});

it('adds nothing twice', async () => {
  await seed('--count', '30');
  const first = await contents();
  expect(await seed('--count', '30')).toMatch(
    /^0 conversations created, 0 applications rejected, 30 were there before/,
  );
  expect(await contents()).toEqual(first);
});

it('gives everybody a phone number that the webhook would take', async () => {
  await seed('--count', '60');
  const people = await stores.database.candidates.findAll();
  const refused = people
    .map(({ phoneNumber }) => phoneNumber)
    .filter((number) => 'fault' in parsePhone(number ?? ''));
  expect(refused).toEqual([]);
});

it.each([
  ['--count', '0'],
  ['--count', 'many'],
  ['--seed', '-1'],
  ['--seed', 'x'],
])('exits 2 for %s %s', async (...args) => {
  const { code } = await conv(['seed', ...args]);
  expect(code).toBe(2);
  expect(await stores.database.applications.count()).toBe(0);
});
