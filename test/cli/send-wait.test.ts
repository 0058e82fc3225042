import { useDatabase } from '../support/database';
import { refuseCandidate } from '../support/database-faults';
import { applicationEvent } from '../support/factories';
import { containing } from '../support/matchers';
import { useQueue } from '../support/queue';
import { ndjson, parseRows, sendInput } from '../support/send';
import { tokenFor, useWeb } from '../support/web';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const send = (input: string, ...args: string[]) => sendInput(web, ['--wait', '-o', 'json', ...args], input);

it('exits 1 with the reason if there is no outcome in time', async () => {
  const event = applicationEvent();
  const result = await send(ndjson([event]), '--timeout', '1');
  expect(result.code).toBe(1);
  expect(parseRows(result)).toMatchObject([
    { id: event.id, http: 202, status: 'QUEUED', reason: 'no outcome within 1 s' },
  ]);
});

it('exits 1 with the reason if the token may not read the outcome', async () => {
  const token = await tokenFor(stores, 'metrics:read');
  const result = await send(ndjson([applicationEvent()]), '--token', token);
  expect(result.code).toBe(1);
  expect(parseRows(result)[0]?.reason).toMatch(/^GET \/applications\/.* answered 403: /);
});

describe('with a worker', () => {
  let stop: () => Promise<void>;
  beforeAll(async () => {
    stop = await runWorker(stores, queue);
  });
  afterAll(() => stop());

  it('exits 1 with the reason if an application is FAILED', async () => {
    const [failing, good] = [applicationEvent(), applicationEvent()];
    const removeFault = await refuseCandidate(stores.database.sequelize, failing.candidate_id, {
      sqlState: '23514',
    });
    const result = await send(ndjson([failing, good]));
    await removeFault();
    expect([result.code, result.stderr]).toEqual([1, '1 of 2 applications failed or have no outcome yet\n']);
    expect(parseRows(result)).toMatchObject([
      { line: 1, status: 'FAILED', reason: containing('SQLSTATE 23514') },
      { line: 2, status: 'ACCEPTED', reason: null },
    ]);
  });

  it('exits 0 if an application is REJECTED, and shows it', async () => {
    const first = applicationEvent();
    const second = applicationEvent({ candidate_id: first.candidate_id });
    const result = await send(ndjson([first, second]));
    expect([result.code, result.stderr]).toEqual([0, '']);
    expect(parseRows(result)[1]).toMatchObject({ status: 'REJECTED', reason: 'ACTIVE_CONVERSATION' });
  });
});
