import { join } from 'node:path';
import type { ApplicationEvent } from '../../src/lib/domain';
import { createSecret } from '../../src/lib/signature';
import { createConversation } from '../support/applications';
import { refuseCandidate } from '../support/database-faults';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { readSeries } from '../support/metrics';
import { countOpenJobs } from '../support/queue-jobs';
import { describeWith } from '../support/required-tool';
import { lockTable } from '../support/table-lock';
import { call, post } from '../support/web';
import { ALERTS } from './support/alert-rules';
import { dashboardExpressions } from './support/dashboard';
import { giveUpPushes, lockEventPositions, readConversations } from './support/faults';
import { useMonitoredSystem } from './support/monitored-system';

/** Expressions of the dashboard that show nothing in this system, with the reason. */
const WITHOUT_DATA: Record<string, string> = {
  'conv_redis_memory_max_bytes > 0': 'Redis has no memory limit',
};

/** Alerts that no test of minutes can provoke, with the reason. promtool alone tests their expressions. */
const NOT_PROVOKED: Record<string, string> = {};

describeWith({ command: 'prometheus', package: 'prometheus' })('Prometheus', () => {
  const system = useMonitoredSystem();
  const { stores, queue, own, receiver } = system;
  const provoked = new Set<string>();
  const repairs: (() => unknown)[] = [];
  afterEach(async () => {
    for (let repair = repairs.pop(); repair; repair = repairs.pop()) await repair();
    await eventually(async () => (await countOpenJobs(queue)) === 0);
  });

  const many = (count: number, overrides: Partial<ApplicationEvent> = {}) =>
    Array.from({ length: count }, () => applicationEvent(overrides));

  /** Waits until these alerts fire. @param load runs again and again meanwhile */
  async function expectAlerts(names: readonly string[], load?: () => Promise<unknown>): Promise<void> {
    await system.waitForAlerts(names, load);
    for (const name of names) provoked.add(name);
  }

  it('fires no alert while applications are processed', async () => {
    await system.send(many(20));
    await post(system.web, applicationEvent({ job_id: '' }));
    await call(system.web, 'GET', '/conversations');
    await eventually(() => receiver.accepted().length === 20);
    await eventually(async () => (await system.prometheus.countSeries('count_over_time(up[1m]) > 30')) === 1);
    expect(await system.prometheus.firing()).toEqual([]);
  });

  it('alerts when applications fail, and others are tried again and again', async () => {
    const { sequelize } = stores.database;
    const failing = applicationEvent();
    const allow = await refuseCandidate(sequelize, failing.candidate_id, { sqlState: '23514' });
    await system.send([failing]);
    await expectAlerts(['ConvFailures']);
    await allow();
    const { candidate_id } = applicationEvent();
    repairs.push(await refuseCandidate(sequelize, candidate_id, { sqlState: 'XX000' }));
    await system.send(many(60, { candidate_id }));
    await expectAlerts(['ConvRetries']);
  });

  it('alerts when the only worker is killed, senders sign wrongly, and a process is slow and has a wrong clock', async () => {
    const scripts = ['../support/skewed-clock.js', 'support/slow-event-loop.js'];
    const NODE_OPTIONS = scripts.map((script) => `--require ${join(__dirname, script)}`).join(' ');
    const bad = await system.startAnotherWeb({ NODE_OPTIONS, CLOCK_OFF_MS: '5000' });
    repairs.push(() => bad.stop('SIGKILL'));
    const release = await lockTable(stores);
    await system.send(many(10));
    await eventually(async () => (await queue.bullmq.getActiveCount()) > 0);
    await system.kill('worker');
    await release();
    await system.send(many(1));
    const refused = () => post({ ...system.web, secret: createSecret() }, applicationEvent());
    await expectAlerts(
      ['ConvWebhookRefused', 'ConvClockSkew', 'ConvEventLoopSlow', 'ConvBacklogOld', 'ConvNoWorker'],
      refused,
    );
    await system.start('worker');
    await expectAlerts(['ConvWorkersCrash']);
  });

  it('alerts when a lock on the conversations holds up applications and requests', async () => {
    const busy = await system.startAnotherWeb({ DATABASE_POOL_SIZE: '3' });
    repairs.push(() => busy.stop());
    const stopReading = readConversations(busy.web, 15);
    repairs.push(stopReading, await lockTable(stores, 'ACCESS EXCLUSIVE'));
    await expectAlerts(['ConvLocked', 'ConvPoolExhausted', 'ConvServerErrors'], () => system.send(many(1)));
  });

  it('alerts when PostgreSQL is slow, and a process that shows events to readers hangs', async () => {
    const { workerPostgres } = system.proxies;
    repairs.push(await lockEventPositions(stores), () => workerPostgres.restore());
    workerPostgres.delay(300);
    await expectAlerts(['ConvSlow', 'ConvFeedBehind'], () => system.send(many(1)));
  });

  it('alerts when Redis is nearly full and unsafe', async () => {
    const { redis } = own;
    repairs.push(() => redis.config('SET', 'maxmemory', 0, 'appendonly', 'yes'));
    const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', Math.round(used / 0.84), 'appendonly', 'no');
    await expectAlerts(['ConvRedisNotDurable', 'ConvRedisFull']);
  });

  it('alerts when the queue is paused and grows, and the receiver of events answers 500, then 410', async () => {
    receiver.behave(() => ({ status: 500 }));
    repairs.push(() => receiver.behave(() => ({ status: 204 })));
    await createConversation(stores);
    await giveUpPushes(stores);
    await expectAlerts(['ConvPushParked']);
    await createConversation(stores);
    await queue.bullmq.pause();
    repairs.push(() => queue.bullmq.resume());
    for (let sent = 0; sent <= 1000; sent += 50) await system.send(many(50));
    const names = ['ConvBacklogGrows', 'ConvQueuePaused', 'ConvPushBacklog'];
    await expectAlerts(names, () => system.send(many(1)));
    receiver.behave(() => ({ status: 410 }));
    repairs.push(() => queue.push.queue.resume());
    await createConversation(stores);
    await expectAlerts(['ConvPushPaused']);
  });

  it('alerts when connections to Redis are lost again and again', async () => {
    const countLost = async () => (await readSeries(system.web)).get('conv_redis_reconnects_total') ?? 0;
    await expectAlerts(['ConvRedisReconnects'], async () => {
      const before = await countLost();
      await own.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await eventually(async () => (await countLost()) > before);
    });
  });

  it.each(['webPostgres', 'webRedis'] as const)('alerts when a store does not answer: %s', async (store) => {
    await eventually(async () => !(await system.prometheus.firing()).includes('ConvStoreDown'));
    system.proxies[store].cut();
    repairs.push(() => system.proxies[store].restore());
    await expectAlerts(['ConvStoreDown']);
  });

  it('alerts when web is killed', async () => {
    await system.kill('web');
    repairs.push(() => system.start('web'));
    await expectAlerts(['ConvWebDown']);
  });

  it('fires no alert after the repair', async () => {
    await stores.database.sequelize.query(`DELETE FROM event_deliveries WHERE status = 'PARKED'`);
    await eventually(async () => (await system.prometheus.firing()).length === 0);
  });

  it('fired every alert of docs/monitoring/alerts.yml that can be provoked', () => {
    expect([...provoked, ...Object.keys(NOT_PROVOKED)].sort()).toEqual(ALERTS);
  });

  it('returns data for every expression of the dashboard', async () => {
    const empty: string[] = [];
    for (const expression of dashboardExpressions('5m'))
      if ((await system.prometheus.countSeries(expression)) === 0) empty.push(expression);
    expect(empty).toEqual(Object.keys(WITHOUT_DATA));
  });
});
