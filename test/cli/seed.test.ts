import { parsePhone } from '../../src/lib/phone';
import { createCli, runInProcess, storesEnv } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);

async function seed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await conv(['seed', ...args]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  return stderr;
}

/** Returns everything that is stored, except times and generated ids. */
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

beforeEach(() => clearTables(stores));

it('creates --count valid applications, with conversations in every status and with rejections', async () => {
  expect(await seed('--count', '50')).toMatch(
    /^\d+ conversations created, [1-9]\d* applications rejected, 0 existed already/,
  );
  const { applications, candidates, conversations } = stores.database;
  expect(await applications.count()).toBe(50);
  for (const status of ['CREATED', 'ONGOING', 'COMPLETED'])
    expect(await conversations.count({ where: { status } })).toBeGreaterThan(0);
  const numbers = (await candidates.findAll()).map(({ phoneNumber }) => phoneNumber ?? '');
  expect(numbers.filter((number) => 'fault' in parsePhone(number))).toEqual([]);
});

it('creates the same data for the same seed, and adds nothing the second time', async () => {
  await seed('--count', '30', '--seed', '7');
  const first = await contents();
  expect(await seed('--count', '30', '--seed', '7')).toMatch(
    /^0 conversations created, 0 applications rejected, 30 existed already/,
  );
  expect(await contents()).toEqual(first);
  await clearTables(stores);
  await seed('--count', '30', '--seed', '7');
  expect(await contents()).toEqual(first);
});

it('creates other data for another seed', async () => {
  await seed('--count', '5', '--seed', '1');
  const first = await contents();
  await clearTables(stores);
  await seed('--count', '5', '--seed', '2');
  expect(await contents()).not.toEqual(first);
});

it('asks before it writes to a database on another machine', async () => {
  // 0.0.0.0 connects to this machine too, but the command does not count it as local.
  const DATABASE_URL = Object.assign(new URL(stores.url), { hostname: '0.0.0.0' }).href;
  const env = { ...storesEnv(stores, queue), DATABASE_URL };
  const { code, stderr } = await runInProcess(['seed', '--count', '7'], env);
  expect(code).toBe(2);
  expect(stderr).toMatch(/refusing to write 7 sample applications into .* on 0\.0\.0\.0 .*--yes/);
  expect(await stores.database.applications.count()).toBe(0);
});

it.each([
  ['--count', '0'],
  ['--seed', '-1'],
])('exits 2 for %s %s and writes nothing', async (...args) => {
  expect((await conv(['seed', ...args])).code).toBe(2);
  expect(await stores.database.applications.count()).toBe(0);
});
