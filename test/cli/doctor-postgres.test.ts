import { dismissApplication } from '../../src/applications/dismiss';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { createToken } from '../../src/tokens/token';
import { createFailed } from '../support/applications';
import { runInProcess, storesEnv } from '../support/cli';
import { useDatabase } from '../support/database';
import { findFinding, runDoctor } from '../support/doctor';
import { insertEvents } from '../support/feed';
import { containing } from '../support/matchers';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const find = (name: string) => findFinding(storesEnv(stores, queue), name);

async function query(sql: string): Promise<void> {
  await stores.database.sequelize.query(sql);
}

const databaseName = () => new URL(stores.url).pathname.slice(1);

it('names a dropped partial index', async () => {
  await query('DROP INDEX conversations_one_active_per_candidate');
  const finding = await find('schema');
  await query(`CREATE UNIQUE INDEX conversations_one_active_per_candidate ON conversations (candidate_id)
    WHERE status IN ('CREATED', 'ONGOING')`);
  expect(finding).toMatchObject({
    level: 'fault',
    detail: 'missing: unique index conversations_one_active_per_candidate on conversations',
  });
});

it('names an index that is no longer unique', async () => {
  await query('DROP INDEX events_in_order');
  await query('CREATE INDEX events_in_order ON events (position)');
  const finding = await find('schema');
  await query('DROP INDEX events_in_order');
  await query('CREATE UNIQUE INDEX events_in_order ON events (position)');
  expect(finding?.detail).toBe('missing: unique index events_in_order on events');
});

it('names a disabled trigger', async () => {
  await query('ALTER TABLE conversations DISABLE TRIGGER conversations_status_moves_forward');
  const finding = await find('schema');
  await query('ALTER TABLE conversations ENABLE TRIGGER conversations_status_moves_forward');
  expect(finding).toMatchObject({
    level: 'fault',
    detail: 'not valid or disabled: trigger conversations_status_moves_forward on conversations',
  });
});

it('names a pending migration', async () => {
  await query(`DELETE FROM schema_migrations WHERE name = '001-initial'`);
  const finding = await find('migrations');
  await query(`INSERT INTO schema_migrations (name) VALUES ('001-initial')`);
  expect(finding).toMatchObject({
    level: 'fault',
    detail: 'pending: 001-initial',
    remedy: 'run `conv db migrate`',
  });
});

it('names a read-only database', async () => {
  await query(`ALTER DATABASE ${databaseName()} SET default_transaction_read_only = on`);
  const finding = await find('PostgreSQL writes');
  await query(`ALTER DATABASE ${databaseName()} RESET default_transaction_read_only`);
  expect(finding).toMatchObject({ level: 'fault', detail: 'the database is read-only' });
});

it('names synchronous_commit off', async () => {
  await query(`ALTER DATABASE ${databaseName()} SET synchronous_commit = off`);
  const finding = await find('PostgreSQL durability');
  await query(`ALTER DATABASE ${databaseName()} RESET synchronous_commit`);
  expect(finding).toMatchObject({ level: 'fault', detail: containing('synchronous_commit is off') });
});

it('names too few connections for the web processes', async () => {
  const env = { ...storesEnv(stores, queue), WEB_CONCURRENCY: '64' };
  expect(await findFinding(env, 'PostgreSQL connections')).toMatchObject({
    level: 'warning',
    detail: containing('WEB_CONCURRENCY=64 and one worker need 587'),
  });
});

it('counts the connections of processes by DATABASE_POOL_SIZE', async () => {
  const env = { ...storesEnv(stores, queue), DATABASE_POOL_SIZE: '3' };
  expect(await findFinding(env, 'PostgreSQL connections')).toMatchObject({
    detail: containing('a web process opens up to 4, a worker 4'),
  });
});

it('names a token that expires soon', async () => {
  const expiresAt = new Date('9999-01-01');
  await createToken(stores.database, { name: 'later', scopes: ['conversations:read'], expiresAt });
  const soon = new Date(Date.now() + 86_400_000);
  await createToken(stores.database, { name: 'crm', scopes: ['conversations:read'], expiresAt: soon });
  expect(await find('API tokens')).toMatchObject({
    level: 'warning',
    detail: `crm expires at ${soon.toISOString()}`,
  });
});

describe('failed applications', () => {
  afterAll(() => query('TRUNCATE applications CASCADE'));

  it('counts those that are not dismissed', async () => {
    await createFailed(stores);
    const { id } = await createFailed(stores);
    await dismissApplication(stores.database, id, 'ada');
    expect(await find('failed applications')).toMatchObject({
      level: 'warning',
      detail: '1 application FAILED',
    });
  });
});

describe('pushes', () => {
  const addDeliveries = (status: string) =>
    query(`INSERT INTO event_deliveries (event_id, application_id, position, status, last_error)
      SELECT id, application_id, position, '${status}', 'answered 500' FROM events`);

  beforeEach(async () => {
    await query('TRUNCATE events, event_readers CASCADE');
    await insertEvents(stores.database, 2);
    await switchPushingOn(stores.database);
  });

  it('names parked events and the oldest error', async () => {
    await addDeliveries('PARKED');
    expect(await find('push deliveries')).toMatchObject({
      level: 'warning',
      detail: '2 events are parked, 0 are pending; the oldest error is: answered 500',
    });
  });

  it('names events that are pending for long', async () => {
    await query(`UPDATE events SET created_at = now() - interval '65 minutes'`);
    await addDeliveries('PENDING');
    expect(await find('push deliveries')).toMatchObject({
      level: 'warning',
      detail: containing('2 events are pending, the oldest for 65 minutes'),
    });
  });

  it('names events that no worker has enqueued', async () => {
    await query('UPDATE event_readers SET position = 0');
    await query(`UPDATE events SET created_at = now() - interval '65 minutes'`);
    expect(await find('push deliveries')).toMatchObject({
      level: 'warning',
      detail: containing('65 minutes'),
    });
  });

  it('accepts events that are pending for a moment', async () => {
    await addDeliveries('PENDING');
    expect(await find('push deliveries')).toMatchObject({ level: 'ok' });
  });
});

it('names missing webhook secrets', async () => {
  const env = { ...storesEnv(stores, queue), WEBHOOK_SECRETS: '' };
  expect(await findFinding(env, 'webhook secrets')).toMatchObject({ level: 'warning' });
});

it('checks Redis while PostgreSQL cannot be reached', async () => {
  const env = { ...storesEnv(stores, queue), DATABASE_URL: 'postgres://conv@127.0.0.1:1/conv' };
  const { code, findings } = await runDoctor(env);
  expect(code).toBe(1);
  expect(findings.slice(0, 2)).toMatchObject([
    { name: 'PostgreSQL', level: 'fault', detail: containing('cannot reach PostgreSQL at 127.0.0.1:1') },
    { name: 'Redis', level: 'ok' },
  ]);
});

it('prints a line for each check, with the remedy', async () => {
  const { stdout } = await runInProcess(['doctor'], storesEnv(stores, queue));
  expect(stdout).toContain(
    'fault\tapplication workers\tno worker is connected: applications wait\tstart a worker\n',
  );
});

it('prints each fault with its whole remedy below the table on a narrow terminal', async () => {
  const terminal = { stdoutIsTerminal: true, terminalWidth: 40 };
  const { stdout } = await runInProcess(['doctor'], storesEnv(stores, queue), terminal);
  expect(stdout).toContain(
    '\nfault: application workers: no worker is connected: applications wait\n  start a worker\n',
  );
});
