import { NO_STACK, runInProcess, type CliResult } from '../support/cli';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { useOwnRedis } from '../support/own-redis';
import { serveOverTls } from '../support/tls-proxy';

const stores = useDatabase();
const own = useOwnRedis();

const run = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<CliResult> =>
  runInProcess(args, { CONV_HOME: NO_STACK, DATABASE_URL: stores.url, REDIS_URL: own.url, ...env });

/** Returns the address with other parts. */
function change(url: string, parts: Partial<URL>): string {
  return Object.assign(new URL(url), parts).href;
}

/** Expects exit code 3, no data, and this line, which never has a password. */
function expectError({ code, stdout, stderr }: CliResult, message: string): void {
  expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '', stderr: `conv: ${message}\n` });
}

describe('a read-only database', () => {
  const readOnly = () => change(stores.url, { search: '?options=-c%20default_transaction_read_only%3Don' });
  const message = () =>
    `PostgreSQL at ${new URL(stores.url).host} is read-only: check that DATABASE_URL names the primary server, not a standby`;

  it('is named by a command that writes', async () => {
    const id = await createConversation(stores);
    expectError(await run(['move', id, 'ONGOING'], { DATABASE_URL: readOnly() }), message());
  });

  it('is named by conv db migrate', async () => {
    expectError(await run(['db', 'migrate'], { DATABASE_URL: readOnly() }), message());
  });

  it('is enough for a command that only reads', async () => {
    expect((await run(['list'], { DATABASE_URL: readOnly() })).code).toBe(0);
  });
});

describe('an operator whose database lacks a part of the schema', () => {
  const lacking = useDatabase();
  const message = (missing: string) =>
    `the database schema is incomplete: ${missing} does not exist: run \`conv db migrate\`, and \`conv doctor\` for what else is missing`;

  it('is told to migrate if a function is missing', async () => {
    await lacking.database.sequelize.query('DROP FUNCTION assign_event_positions');
    for (const flags of [[], ['--follow']])
      expectError(
        await run(['events', ...flags], { DATABASE_URL: lacking.url }),
        message('function assign_event_positions()'),
      );
  });

  it('is told to migrate if a table is missing', async () => {
    await lacking.database.sequelize.query('DROP TABLE api_tokens');
    expectError(
      await run(['token', 'list'], { DATABASE_URL: lacking.url }),
      message('relation "api_tokens"'),
    );
  });
});

describe('Redis with a password', () => {
  const message = () =>
    `Redis at ${new URL(own.url).host} refuses the user or password: check the credentials in REDIS_URL`;
  beforeAll(() => own.redis.config('SET', 'requirepass', 'right'));
  afterAll(() => own.redis.config('SET', 'requirepass', ''));

  it('is named if the password is wrong', async () => {
    const REDIS_URL = change(own.url, { password: 'hunter2' });
    expectError(await run(['queue', 'stats'], { REDIS_URL }), message());
  });

  it('is named if the password is missing', async () => {
    const REDIS_URL = change(own.url, { username: '', password: '' });
    expectError(await run(['queue', 'stats'], { REDIS_URL }), message());
  });

  it('accepts the right password', async () => {
    const REDIS_URL = change(own.url, { password: 'right' });
    expect((await run(['queue', 'stats'], { REDIS_URL })).code).toBe(0);
  });
});

describe('a certificate that no known authority signed', () => {
  const message = (store: string, setting: string) =>
    `the TLS connection to ${store} failed: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT): check the server's certificate, or set ${setting} to the certificate of its CA`;

  it('of Redis is named', async () => {
    const { port } = await serveOverTls(own.url);
    const REDIS_URL = `rediss://127.0.0.1:${port}`;
    expectError(
      await run(['queue', 'stats'], { REDIS_URL }),
      message(`Redis at 127.0.0.1:${port}`, 'REDIS_TLS_CA'),
    );
  });

  it('of PostgreSQL is named', async () => {
    const { port } = await serveOverTls(stores.url, { afterSslRequest: true });
    const DATABASE_URL = change(stores.url, { port: String(port), search: '?sslmode=verify-full' });
    expectError(
      await run(['list'], { DATABASE_URL }),
      message(`PostgreSQL at ${new URL(DATABASE_URL).host}`, 'DATABASE_TLS_CA'),
    );
  });
});

it('a Redis that stops answering is named', async () => {
  await own.redis.call('CLIENT', 'PAUSE', '20000', 'WRITE');
  try {
    const message = `cannot reach Redis at ${new URL(own.url).host}: start the local stack with \`npm start\`, or set REDIS_URL`;
    expectError(await run(['queue', 'resume', 'push']), message);
  } finally {
    await own.redis.call('CLIENT', 'UNPAUSE');
  }
});
