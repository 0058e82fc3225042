import { createCli, splitLines, successOutput } from '../support/cli';
import { useDatabase } from '../support/database';
import { insertEvents } from '../support/feed';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);
const list = (...flags: string[]) => conv(['events', 'deliveries', '-o', 'ids', ...flags]);

/** Newest first; more than a page. */
let all: string[];
beforeAll(async () => {
  all = (await insertEvents(stores.database, 210)).toReversed();
  await stores.database.sequelize.query(
    `INSERT INTO event_deliveries (event_id, application_id, position, status)
     SELECT id, application_id, position, 'PARKED' FROM events`,
  );
});

it('lists 50 deliveries by default, and says that more exist', async () => {
  expect(await list()).toEqual({
    code: 0,
    stdout: `${all.slice(0, 50).join('\n')}\n`,
    stderr: '50 shown, more exist: --all or --limit\n',
  });
});

it('lists all deliveries with --all', async () => {
  expect(splitLines(successOutput(await list('--all')))).toEqual(all);
});

it('lists more than a page with a high --limit', async () => {
  expect(splitLines(successOutput(await list('--limit', '205')))).toEqual(all.slice(0, 205));
});

it('refuses --all with --limit', async () => {
  expect((await list('--all', '--limit', '5')).code).toBe(2);
});

it('says that no delivery matches the filter, and names it', async () => {
  const { stderr } = await list('--status', 'PENDING,DELIVERED');
  expect(stderr).toBe(
    'no deliveries match --status PENDING,DELIVERED: list all with `conv events deliveries`\n',
  );
});
