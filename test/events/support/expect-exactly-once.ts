import { connectDatabase } from '../../../src/models/connect';
import { eventually } from '../../support/eventually';
import { getEvents, readPage, waitForToken } from '../../support/feed';
import { randomFrom } from '../../support/random';
import { faultsOf } from './exactly-once';
import { read, type Reader } from './readers';
import { writer } from './writers';

/** Run with another seed: SEED=7 npx jest test/events/exactly-once */
const SEED = Number(process.env['SEED'] ?? 1);
const KINDS = ['pull', 'poll', 'stream'] as const;

/** How much is written and read. */
interface Load {
  writers: number;
  /** Of each writer. */
  transactions: number;
  /** The longest that a transaction stays open, in milliseconds. */
  longestMs: number;
  readerCount: number;
}

type Web = { url: string; token: string };

/**
 * Writes events while readers pull, poll and stream, and expects that each reads every committed event once, in one order.
 * Returns the readers.
 */
export async function expectExactlyOnce(
  databaseUrl: string,
  webs: [Web, ...Web[]],
  load: Load,
): Promise<Reader[]> {
  const { writers, transactions, longestMs, readerCount } = load;
  const database = connectDatabase(databaseUrl, { poolSize: writers });
  const stop = new AbortController();
  const [first] = webs;
  await Promise.all(webs.map(waitForToken));
  const readers = Array.from({ length: readerCount }, (_, index): Reader => {
    return { kind: KINDS[index % 3] ?? 'pull', names: [], cursor: null, restarts: 0 };
  });
  const reading = readers.map((reader, index) =>
    read(reader, { webs, random: randomFrom(SEED * 1000 + index), stopped: stop.signal }),
  );
  const writing = Array.from({ length: writers }, (_, index) => {
    const random = randomFrom(SEED * 2000 + index);
    return writer(database, `writer-${index}`, { transactions, longestMs, random });
  });
  const failed = Promise.all(reading); // Rejects as soon as one of them does.
  const committed = (await Promise.race([Promise.all(writing), failed.then(() => [])])).flat();
  const all = eventually(() => readers.every(({ names }) => names.length >= committed.length), 600_000);
  await Promise.race([all, failed]).finally(() => stop.abort());
  await failed;

  expect(committed.length).toBeGreaterThan(writers * transactions);
  expect(
    faultsOf(
      committed,
      readers.map(({ names }) => names),
    ),
  ).toEqual([]);
  for (const { cursor } of readers)
    expect((await readPage(await getEvents(first, `?after=${cursor}`))).data).toEqual([]);
  await database.sequelize.close();
  return readers;
}
