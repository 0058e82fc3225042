import { connectDatabase } from '../../src/models/connect';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { getEvents, waitForToken, readPage } from '../support/feed';
import { useQueue } from '../support/queue';
import { randomFrom } from '../support/random';
import { useWeb } from '../support/web';
import { faultsOf } from './support/exactly-once';
import { read, type Reader } from './support/readers';
import { writer } from './support/writers';

/** Run with another seed: SEED=7 npx jest test/events/exactly-once */
const SEED = Number(process.env['SEED'] ?? 1);
const WRITERS = 32;
const KINDS = ['pull', 'poll', 'stream'] as const;

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
const another = useWeb(stores, queue);

it('every reader reads every committed event exactly once and in the same order', async () => {
  const database = connectDatabase(stores.url, { poolSize: WRITERS });
  atEnd(() => database.sequelize.close());
  const stop = new AbortController();
  const webs = [web, { url: another.url, token: web.token }];
  await Promise.all(webs.map(waitForToken));
  const readers = Array.from({ length: 20 }, (_, index): Reader => {
    return { kind: KINDS[index % 3] ?? 'pull', names: [], cursor: null, restarts: 0 };
  });
  const reading = readers.map((reader, index) =>
    read(reader, { webs, random: randomFrom(SEED * 1000 + index), stopped: stop.signal }),
  );
  const writing = Array.from({ length: WRITERS }, (_, index) => {
    const random = randomFrom(SEED * 2000 + index);
    return writer(database, `writer-${index}`, { transactions: 15, longestMs: 2000, random });
  });
  const failed = Promise.all(reading); // Rejects as soon as one of them does.
  const committed = (await Promise.race([Promise.all(writing), failed.then(() => [])])).flat();
  const all = eventually(() => readers.every(({ names }) => names.length >= committed.length));
  await Promise.race([all, failed]).finally(() => stop.abort());
  await failed;

  expect(committed.length).toBeGreaterThan(WRITERS * 15);
  expect(
    faultsOf(
      committed,
      readers.map(({ names }) => names),
    ),
  ).toEqual([]);
  expect(readers.filter(({ restarts }) => restarts === 0)).toEqual([]);
  for (const { cursor } of readers)
    expect((await readPage(await getEvents(web, `?after=${cursor}`))).data).toEqual([]);
});
