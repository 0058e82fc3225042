import { processApplications } from '../../src/applications/process';
import { assignPositions, readFeed } from '../../src/events/feed';
import { connectDatabase, type Database } from '../../src/models/connect';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { applicationEvent, delivery } from '../support/factories';
import { randomFrom } from '../support/random';
import { faultsOf } from './support/exactly-once';
import { writer } from './support/writers';

/** Workers give the events of a batch their positions in the deciding itself, beside others that get theirs after the commit. */

const stores = useDatabase();
let deciders: Database;
beforeAll(async () => {
  // Between taking its positions and showing them, a commit takes its time: that is when a reader could pass it by.
  await stores.database.sequelize.query(`
    CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_sleep(random() * 0.01);
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION linger()`);
  deciders = connectDatabase(stores.url, { poolSize: 10 });
  atEnd(() => deciders.sequelize.close());
});

const BATCHES = 40;

/** Decides batches one after the other; the applications of their events. */
async function decider(): Promise<string[]> {
  const told: string[] = [];
  for (let n = 0; n < BATCHES; n++) {
    const events = Array.from({ length: 1 + (n % 7) }, () => applicationEvent());
    await processApplications(
      deciders,
      events.map((event) => delivery(event)),
    );
    told.push(...events.map(({ id }) => id));
  }
  return told;
}

/** Follows the feed, placing nothing itself or looking as processes do, until told that all is written; what it saw. */
async function reader(places: boolean, written: () => boolean): Promise<string[]> {
  const seen: string[] = [];
  let after: string | null = null;
  for (;;) {
    const last = written();
    if (places || last) await assignPositions(stores.database);
    const page = await readFeed(stores.database, { after, types: undefined, limit: 50 });
    seen.push(...page.data.map(({ data }) => ('application_id' in data ? data.application_id : data.id)));
    after = page.next_cursor;
    if (last && page.data.length === 0) return seen;
  }
}

it('every reader sees each event once, in one order, whoever gave it its position', async () => {
  let ended = false;
  const readers = [reader(true, () => ended), reader(false, () => ended), reader(true, () => ended)];
  const random = randomFrom(1);
  const slow = (name: string) => writer(stores.database, name, { transactions: 15, longestMs: 400, random });
  const written = (
    await Promise.all([decider(), decider(), decider(), decider(), slow('a'), slow('b'), slow('c')])
  ).flat();
  ended = true;
  expect(faultsOf(written, await Promise.all(readers))).toEqual([]);
});
