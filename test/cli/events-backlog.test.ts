import { splitLines, successOutput } from '../support/cli';
import { useDatabase } from '../support/database';
import { insertEvents } from '../support/feed';
import { useQueue } from '../support/queue';
import { onStoresOrHttp } from '../support/remote';

const stores = useDatabase();
const queue = useQueue();

/** More events than get their positions at a time. */
let inserted: string[];

beforeAll(async () => {
  inserted = await insertEvents(stores.database, 5100);
  await stores.database.sequelize.query(
    `UPDATE events SET created_at = now() - interval '2 hours' WHERE sequence_number <= 5095`,
  );
});
beforeEach(() => stores.database.sequelize.query('UPDATE events SET position = NULL'));

onStoresOrHttp(stores, queue, (conv) => {
  it.each([
    ['--since', '1h', -5],
    ['--tail', '3', -3],
    ['--limit', '3', 3],
  ])('conv events %s %s finds its events, though no event has a position yet', async (flag, value, count) => {
    const stdout = successOutput(await conv(['events', flag, value, '-o', 'ids']));
    expect(splitLines(stdout)).toEqual(count < 0 ? inserted.slice(count) : inserted.slice(0, count));
  });
});
