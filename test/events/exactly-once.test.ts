import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';
import { expectExactlyOnce } from './support/expect-exactly-once';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
const another = useWeb(stores, queue);

it('every reader reads every committed event exactly once and in the same order', async () => {
  const webs = [web, { url: another.url, token: web.token }] as const;
  await expectExactlyOnce(stores.url, [...webs], {
    writers: 8,
    transactions: 8,
    longestMs: 500,
    readerCount: 6,
  });
});
