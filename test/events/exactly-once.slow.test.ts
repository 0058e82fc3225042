import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';
import { expectExactlyOnce } from './support/expect-exactly-once';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
const another = useWeb(stores, queue);

it('twenty readers read every event of 32 writers exactly once and in the same order', async () => {
  const webs = [web, { url: another.url, token: web.token }] as const;
  const readers = await expectExactlyOnce(stores.url, [...webs], {
    writers: 32,
    transactions: 15,
    longestMs: 2000,
    readerCount: 20,
  });
  expect(readers.filter(({ restarts }) => restarts === 0)).toEqual([]);
});
