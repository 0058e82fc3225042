import { PassThrough } from 'node:stream';
import { watchQueueCapacity } from '../../src/queue/capacity';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { containing } from '../support/matchers';
import { forwardTo } from '../support/proxy';
import { silentLog, useQueue } from '../support/queue';
import { ndjson, parseRows, sendInput } from '../support/send';
import { readApplication, useWeb, type TestWeb } from '../support/web';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const web = useWeb(stores, useQueue());
const perSecond = useWeb(stores, useQueue(), () => ({ rateLimit: { count: 20, seconds: 1 } }));
const perHour = useWeb(stores, useQueue(), () => ({ rateLimit: { count: 20, seconds: 3600 } }));

const fullQueue = useQueue();
const full = useWeb(stores, fullQueue, () => {
  const capacity = watchQueueCapacity(fullQueue.applications, 2, silentLog);
  atEnd(() => capacity.close());
  return { capacity };
});

const createEvents = (count: number) => Array.from({ length: count }, () => applicationEvent());

async function expectAccepted(target: TestWeb, events: { id: string }[]): Promise<void> {
  for (const { id } of events) expect((await readApplication(target, id)).id).toBe(id);
}

it('sends every event to a conv with a rate limit', async () => {
  const events = createEvents(70);
  const { code, stderr } = await sendInput(perSecond, ['-o', 'ids'], ndjson(events));
  expect([code, stderr]).toEqual([0, '']);
  await expectAccepted(perSecond, events);
});

it('shows on a terminal how far it is and why it waits', async () => {
  const stderr = new PassThrough();
  const io = { stderr, stderrIsTerminal: true };
  await sendInput(perSecond, ['-o', 'ids'], ndjson(createEvents(70)), io);
  const output = (stderr.read() as Buffer).toString();
  expect(output).toMatch(/sent \d+.*, waiting: a sender may send 20 requests in 1 s/);
});

it('stops if conv asks for a longer wait than --retry-for, and names the line to continue from', async () => {
  const events = createEvents(100);
  const args = ['-o', 'json', '--concurrency', '1'];
  const result = await sendInput(perHour, args, ndjson(events));
  const rows = parseRows(result);
  expect(rows.map(({ http }) => http)).toEqual([...Array<number>(20).fill(202), 429]);
  expect(rows.at(-1)?.reason).toMatch(/^a sender may send 20 requests in 3600 s: try again in \d+ s$/);
  expect([result.code, result.stderr]).toEqual([
    1,
    containing('stopped: 20 events accepted, 0 refused; continue with --from-line 21\n'),
  ]);
});

it('sends the events again that a full queue refused', async () => {
  await eventually(async () => (await sendInput(full, ['--retry-for', '0s'], ndjson(createEvents(1)))).code);
  const events = createEvents(6);
  const ended = sendInput(full, ['-o', 'ids', '--concurrency', '2'], ndjson(events));
  const stop = await runWorker(stores, fullQueue);
  expect((await ended).code).toBe(0);
  await stop();
  await expectAccepted(full, events);
});

describe('broken connections', () => {
  it('are repeated until conv answers again', async () => {
    const proxy = await forwardTo(web.url);
    const events = createEvents(40);
    proxy.cut();
    const target = { ...web, url: proxy.through(web.url) };
    const ended = sendInput(target, ['-o', 'ids'], ndjson(events));
    await eventually(() => proxy.refusedConnections() > 0);
    proxy.restore();
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, containing('cannot reach conv at')]);
    await expectAccepted(web, events);
  });

  it('end the run after --retry-for with exit code 3, and nothing is reported that is not known', async () => {
    const proxy = await forwardTo(web.url);
    proxy.cut();
    const args = ['-o', 'json', '--retry-for', '1s', '--concurrency', '1'];
    const result = await sendInput({ ...web, url: proxy.through(web.url) }, args, ndjson(createEvents(100)));
    expect(result.code).toBe(3);
    expect(parseRows(result)).toMatchObject([
      { line: 1, http: null, status: null, reason: containing('gave up') },
    ]);
    expect(result.stderr).toContain('stopped: 0 events accepted, 0 refused; continue with --from-line 1\n');
  });
});

describe('--concurrency', () => {
  it('is the number of requests at once', async () => {
    const proxy = await forwardTo(web.url);
    proxy.stall();
    const target = { ...web, url: proxy.through(web.url) };
    const ended = sendInput(target, ['--concurrency', '3'], ndjson(createEvents(9)));
    await eventually(() => proxy.openConnections() === 3);
    proxy.restore();
    expect((await ended).code).toBe(0);
  });

  it('keeps the order of the events of one candidate', async () => {
    const candidate_id = applicationEvent().candidate_id;
    const events = Array.from({ length: 30 }, () => applicationEvent({ candidate_id }));
    const { stdout } = await sendInput(web, ['-o', 'ids'], ndjson(events));
    expect(stdout).toBe(events.map(({ id }) => `${id}\n`).join(''));
  });
});
