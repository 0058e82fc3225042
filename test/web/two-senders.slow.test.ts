import { QueryTypes } from 'sequelize';
import type { ApplicationEvent } from '../../src/lib/domain';
import { parseSenders } from '../../src/lib/senders';
import { createSecret } from '../../src/lib/signature';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { countOpenJobs } from '../support/queue-jobs';
import { post, useWeb } from '../support/web';
import { useWorker } from '../support/worker';

const APPLICATIONS = 1000;
const AT_ONCE = 20;
const JOBS = 10;
const secrets = { greenhouse: createSecret(), lever: createSecret() };
type Name = keyof typeof secrets;
const NAMES = Object.keys(secrets) as Name[];

const stores = useDatabase();
const queue = useQueue();
const senders = parseSenders(NAMES.map((name) => `${name}=${secrets[name]}`).join(' '));
const web = useWeb(stores, queue, () => ({ senders }));
useWorker(stores, queue);

/** Both senders number from 1; every second candidate of each applies twice. */
function event(name: Name, number: number): ApplicationEvent {
  const candidate = { ...applicationEvent().candidate, first_name: name };
  const ids = {
    id: String(number),
    job_id: String(number % JOBS),
    candidate_id: String(Math.ceil(number / 2)),
  };
  return { ...ids, candidate };
}

it('keeps 1,000 ids of two senders apart, and applies each rule within its sender', async () => {
  const statuses = new Map<number, number>();
  const numbers = Array.from({ length: APPLICATIONS }, (_, index) => index + 1);
  for (let start = 0; start < APPLICATIONS; start += AT_ONCE) {
    const group = numbers.slice(start, start + AT_ONCE);
    const answers = await Promise.all(
      group.flatMap((number) =>
        NAMES.map((name) => post({ ...web, secret: secrets[name] }, event(name, number))),
      ),
    );
    for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect([...statuses]).toEqual([[202, 2 * APPLICATIONS]]);
  await eventually(async () => (await countOpenJobs(queue)) === 0, 120_000);
  const outcomes = await stores.database.sequelize.query(
    `SELECT split_part(application.id, ':', 1) AS sender, application.status, reason, count(*)::int AS count,
       bool_and(first_name = split_part(candidate.id, ':', 1)) AS own
     FROM applications AS application JOIN candidates AS candidate ON candidate.id = candidate_id
     GROUP BY 1, 2, 3 ORDER BY 1, 2`,
    { type: QueryTypes.SELECT },
  );
  const half = { count: APPLICATIONS / 2, own: true };
  expect(outcomes).toEqual(
    NAMES.flatMap((sender) => [
      { sender, status: 'ACCEPTED', reason: null, ...half },
      { sender, status: 'REJECTED', reason: 'ACTIVE_CONVERSATION', ...half },
    ]),
  );
});
