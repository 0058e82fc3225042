import { SCOPES, type ApplicationEvent } from '../../src/lib/domain';
import { createSecret } from '../../src/lib/signature';
import { createToken } from '../../src/tokens/token';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { refuseCandidate } from '../support/database-faults';
import { eventually } from '../support/eventually';
import { expireLocks } from '../support/expire-locks';
import { applicationEvent } from '../support/factories';
import { readSeries, seriesOf, type Series } from '../support/metrics';
import type { Problem } from '../support/problem';
import { startProcess, type RealProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { countOpenJobs } from '../support/queue-jobs';
import { lockTable } from '../support/table-lock';
import { post, type TestWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();

const processes: RealProcess[] = [];
atEnd(() => Promise.all(processes.map((one) => one.stop('SIGKILL'))));

async function start(name: 'web' | 'worker', env: NodeJS.ProcessEnv = {}): Promise<RealProcess> {
  const started = await startProcess(name, stores, queue, env);
  processes.push(started);
  return started;
}

const AT_ONCE = 20;
const many = (count: number, create: () => ApplicationEvent) => Array.from({ length: count }, create);

/** What the sender was answered, in the labels of the metric. */
const answers: Record<string, number> = {};

async function readResult(response: Response): Promise<string> {
  if (response.status === 202)
    return response.headers.get('Idempotent-Replayed')
      ? 'result="redelivered",code=""'
      : 'result="accepted",code=""';
  const { type } = (await response.json()) as Problem;
  const code = type.replace('urn:conv:problem:', '').toUpperCase().replaceAll('-', '_');
  return `result="${code === 'CONFLICT' ? 'conflict' : 'refused'}",code="${code}"`;
}

/** Posts an event as a sender does: again while the answer is 503, as it may be on a busy machine. */
async function send(web: TestWeb, event: unknown): Promise<void> {
  const response = await post(web, event);
  const result = `{${await readResult(response)}}`;
  answers[result] = (answers[result] ?? 0) + 1;
  if (response.status === 503) await send(web, event);
}

/** Sends all events, in turn to each of the web processes. */
async function sendAll(webs: readonly TestWeb[], events: readonly unknown[]): Promise<void> {
  const rest = [...events.entries()];
  const sender = async () => {
    for (let next = rest.pop(); next; next = rest.pop()) {
      const web = webs[next[0] % webs.length];
      if (web) await send(web, next[1]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

/** Waits until so many applications were processed and every job is finished. */
async function waitForProcessed(web: TestWeb, count: number): Promise<Series> {
  return eventually(async () => {
    const series = await readSeries(web);
    const processed = Object.values(seriesOf(series, 'conv_applications_processed_total'));
    const durations = series.get('conv_application_duration_seconds_count');
    const sum = processed.reduce((total, one) => total + one, 0);
    return sum >= count && durations === count && (await countOpenJobs(queue)) === 0 && series;
  }, 180_000);
}

/** Kills a worker at a moment when it has active jobs. Returns how many; without another worker nobody finishes them. */
async function killWithActiveJobs(worker: RealProcess): Promise<number> {
  await eventually(async () => {
    worker.child.kill('SIGSTOP');
    if ((await queue.bullmq.getActiveCount()) > 0) return true;
    worker.child.kill('SIGCONT');
    return false;
  });
  await worker.stop('SIGKILL');
  return queue.bullmq.getActiveCount();
}

it('shows exactly the load of a thousand applications, although a worker is killed while it has jobs', async () => {
  const secret = createSecret();
  const env = { WEBHOOK_SECRETS: secret };
  const [first, second] = [await start('web', env), await start('web', env)];
  const { token } = await createToken(stores.database, { name: 'all', scopes: SCOPES, expiresAt: null });
  const webs = [first, second].map(({ url = '' }): TestWeb => ({ url, secret, token }));
  const [web] = webs as [TestWeb];
  const workers = [await start('worker'), await start('worker')] as const;

  const accepted = many(600, applicationEvent);
  const refused = applicationEvent();
  const failing = many(10, () => applicationEvent({ candidate_id: refused.candidate_id }));
  const allow = await refuseCandidate(stores.database.sequelize, refused.candidate_id, { sqlState: '23514' });
  await sendAll(webs, [...accepted, ...failing]);
  await waitForProcessed(web, 610);
  await allow();

  const active = accepted.slice(0, 100).map(({ candidate_id }) => applicationEvent({ candidate_id }));
  const duplicates = accepted
    .slice(100, 150)
    .map(({ candidate_id, job_id }) => applicationEvent({ candidate_id, job_id }));
  const conflicts = accepted.slice(200, 240).map((event) => ({ ...event, job_id: 'another' }));
  const invalid = many(40, () => applicationEvent({ job_id: '' }));
  const retried = applicationEvent();
  const fault = await refuseCandidate(stores.database.sequelize, retried.candidate_id, {
    sqlState: 'XX000',
    times: 3,
  });
  await sendAll(webs, [
    ...active,
    ...duplicates,
    ...accepted.slice(0, 50),
    ...conflicts,
    ...invalid,
    retried,
  ]);
  await waitForProcessed(web, 761);
  await fault();
  const job = await queue.bullmq.getJob(`app.${retried.id}`);

  await workers[1].stop();
  const release = await lockTable(stores);
  await sendAll(webs, many(109, applicationEvent));
  const stalled = await killWithActiveJobs(workers[0]);
  await expireLocks(queue);
  await Promise.all([start('worker'), start('worker')]);
  await release();
  const series = await waitForProcessed(web, 870);

  expect(seriesOf(series, 'conv_applications_received_total')).toEqual(answers);
  expect(seriesOf(series, 'conv_applications_processed_total')).toEqual({
    '{status="ACCEPTED",reason=""}': 710,
    '{status="REJECTED",reason="ACTIVE_CONVERSATION"}': 100,
    '{status="REJECTED",reason="DUPLICATE_APPLICATION"}': 50,
    '{status="FAILED",reason=""}': 10,
  });
  const posts = (status: number) =>
    series.get(`conv_http_requests_total{method="POST",route="/webhooks/applications",status="${status}"}`);
  expect([posts(202), posts(409), posts(422)]).toEqual([920, 40, 40]);
  const attempts = (result: string) => series.get(`conv_application_attempts_total{result="${result}"}`);
  expect([attempts('completed'), attempts('failed')]).toEqual([860, 10]);
  expect(attempts('retry')).toBe((job?.attemptsMade ?? 0) - 1);
  expect(stalled).toBeGreaterThan(0);
  expect(series.get('conv_jobs_stalled_total{queue="applications"}')).toBe(stalled);
  expect(series.get('conv_processes{kind="web"}')).toBe(2);
  expect(await stores.database.applications.count()).toBe(870);
});
