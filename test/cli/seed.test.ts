import { parsePhone } from '../../src/lib/phone';
import { createCli, runInProcess, storesEnv } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
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

describe('in production', () => {
  const NODE_ENV = 'production';

  it('refuses without --yes, and says why and what to type', async () => {
    const { code, stderr } = await runInProcess(['seed'], { ...storesEnv(stores, queue), NODE_ENV });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^conv: refusing to write 100 sample applications into \S+ on \S+ \(NODE_ENV is production, and no command removes sample data\) without confirmation: add --yes, or run it in a terminal\n$/,
    );
    expect(await stores.database.applications.count()).toBe(0);
  });

  it('seeds with --yes', async () => {
    await runInProcess(['seed', '--count', '5', '--yes'], { ...storesEnv(stores, queue), NODE_ENV });
    expect(await stores.database.applications.count()).toBe(5);
  });

  it('asks on a terminal', async () => {
    const env = { ...storesEnv(stores, queue), NODE_ENV };
    const { code, stderr } = await runInProcess(['seed'], env, { canPrompt: true, input: 'n\n' });
    expect(code).toBe(1);
    expect(stderr).toContain('NODE_ENV is production, and no command removes sample data). Continue? [y/N]');
  });
});

it('finishes its chunk after Ctrl-C, says how far it came, and exits 130', async () => {
  const seeding = conv(['seed', '--count', '30000']);
  await eventually(async () => (await stores.database.applications.count()) > 0);
  process.emit('SIGINT');
  const { code, stderr } = await seeding;
  expect(code).toBe(130);
  const stored = await stores.database.applications.count();
  const done = stored.toLocaleString('en');
  expect(stderr).toBe(`seeded ${done} of 30,000 applications; run the same command to add the others\n`);
});

describe('--status', () => {
  it.each(['COMPLETED', 'completed', 'COMPLETED=3'])('%s makes every conversation COMPLETED', async (mix) => {
    await seed('--count', '20', '--status', mix);
    const { conversations } = stores.database;
    expect(await conversations.count({ where: { status: 'COMPLETED' } })).toBe(await conversations.count());
  });

  it.each(['CREATED=1,ONGOING=1', 'CREATED,ONGOING'])('%s leaves out COMPLETED', async (mix) => {
    await seed('--count', '50', '--status', mix);
    const statuses = (await stores.database.conversations.findAll()).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(['CREATED', 'ONGOING']));
  });

  it.each([
    ['OPEN', /Expected CREATED, ONGOING or COMPLETED\./],
    ['CREATED=70,OPEN=30', /Expected CREATED, ONGOING or COMPLETED\./],
    ['', /Expected CREATED, ONGOING or COMPLETED\./],
    ['CREATED=0', /The weight of CREATED must be a whole number from 1 to 999999, as in CREATED=70,/],
    ['CREATED=-1', /The weight of CREATED must be a whole number/],
    ['CREATED=', /The weight of CREATED must be a whole number/],
    ['CREATED=1.5', /The weight of CREATED must be a whole number/],
    ['CREATED=1=2', /The weight of CREATED must be a whole number/],
    ['CREATED=1,CREATED=2', /CREATED is named twice: name each status once/],
    ['CREATED=1,ONGOING', /Expected a weight for each status in one list, as in CREATED=70,/],
  ])('exits 2 for %j and names what would be right', async (mix, message) => {
    const { code, stderr } = await conv(['seed', '--status', mix]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('exits 2 if it is repeated', async () => {
    const { code, stderr } = await conv(['seed', '--status', 'CREATED=1', '--status', 'ONGOING=1']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/in one list, as in CREATED=70,ONGOING=20,COMPLETED=10/);
  });
});

it.each([
  ['--count', '0'],
  ['--seed', '-1'],
])('exits 2 for %s %s and writes nothing', async (...args) => {
  expect((await conv(['seed', ...args])).code).toBe(2);
  expect(await stores.database.applications.count()).toBe(0);
});
