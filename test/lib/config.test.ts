import { readSettings } from '../../src/lib/config';
import { SettingsError } from '../../src/lib/errors';
import { createSecret } from '../../src/lib/signature';
import { containing, like } from '../support/matchers';

const STORES = { DATABASE_URL: 'postgres://u:hunter2@db:5432/conv', REDIS_URL: 'redis://cache:6379' };

function readError(env: NodeJS.ProcessEnv): string {
  try {
    readSettings({ ...STORES, ...env });
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('the settings were accepted');
}

it('requires only the stores and has a default for everything else', () => {
  expect(readSettings(STORES)).toEqual({
    port: 3000,
    host: '0.0.0.0',
    workerPort: null,
    databaseUrl: STORES.DATABASE_URL,
    databaseDirectUrl: STORES.DATABASE_URL,
    databaseReadUrl: null,
    databasePoolSize: null,
    databaseTls: { ca: null, verify: true },
    redisUrl: STORES.REDIS_URL,
    redisTls: { ca: null, verify: true },
    redisMinReplicas: 0,
    requireDurableRedis: false,
    senders: [],
    webConcurrency: 1,
    workerConcurrency: 200,
    queueLimit: 1_000_000,
    rateLimit: null,
    receiver: null,
    eventsKeepDays: 30,
    keepPayloadsDays: null,
    whenActive: 'reject',
    logLevel: 'info',
    queuePrefix: 'conv',
    keepCompletedSeconds: 7_200,
    shutdownMs: 20_000,
    tracesEndpoint: null,
    isProduction: false,
  });
});

it('requires EVENTS_SECRET with EVENTS_URL', () => {
  const EVENTS_URL = 'https://receiver.example/events';
  const { receiver } = readSettings({ ...STORES, EVENTS_URL, EVENTS_SECRET: createSecret() });
  expect(receiver).toMatchObject({ url: EVENTS_URL });
  expect(readError({ EVENTS_URL, PORT: 'x' })).toMatch(
    /\n {2}EVENTS_SECRET: is required when EVENTS_URL is set/,
  );
});

it('reads every setting', () => {
  const secrets = [createSecret(), createSecret()];
  const settings = readSettings({
    ...STORES,
    PORT: '0',
    HOST: '127.0.0.1',
    WEBHOOK_SECRETS: secrets.join(' '),
    DATABASE_POOL_SIZE: '4',
    WEB_CONCURRENCY: '2',
    WORKER_CONCURRENCY: '3',
    LOG_LEVEL: 'silent',
    QUEUE_PREFIX: 'conv-2_b',
    KEEP_COMPLETED_SECONDS: '60',
    SHUTDOWN_SECONDS: '5',
  });
  expect(settings).toMatchObject({
    port: 0,
    host: '127.0.0.1',
    databasePoolSize: 4,
    webConcurrency: 2,
    workerConcurrency: 3,
    logLevel: 'silent',
    queuePrefix: 'conv-2_b',
    keepCompletedSeconds: 60,
    shutdownMs: 5000,
  });
  expect(settings.senders).toHaveLength(2);
});

it.each(['postgres://h/d', 'postgresql://h/d'])('accepts DATABASE_URL %s', (url) => {
  expect(readSettings({ ...STORES, DATABASE_URL: url }).databaseUrl).toBe(url);
});

it.each(['redis://h', 'rediss://h:6380/1'])('accepts REDIS_URL %s', (url) => {
  expect(readSettings({ ...STORES, REDIS_URL: url }).redisUrl).toBe(url);
});

it.each(['', '  ', '\t'])('treats a blank variable as unset: %j', (blank) => {
  const blanks = { PORT: blank, HOST: blank, LOG_LEVEL: blank, WEBHOOK_SECRETS: blank, QUEUE_PREFIX: blank };
  expect(readSettings({ ...STORES, ...blanks })).toEqual(readSettings(STORES));
});

it('refuses a blank DATABASE_URL', () => {
  expect(readError({ DATABASE_URL: ' ' })).toMatch(/DATABASE_URL/);
});

it.each([
  ['PORT', 'http'],
  ['PORT', '-1'],
  ['PORT', '65536'],
  ['PORT', '80.5'],
  ['DATABASE_POOL_SIZE', '2'],
  ['DATABASE_URL', 'mysql://h/d'],
  ['DATABASE_URL', 'localhost'],
  ['DATABASE_READ_URL', 'mysql://h/d'],
  ['REDIS_URL', 'http://h'],
  ['REDIS_URL', 'nonsense'],
  ['WEBHOOK_SECRETS', 'hunter2'],
  ['WEBHOOK_SECRETS', `${createSecret()} whsec_AAAA`],
  ['WEB_CONCURRENCY', '0'],
  ['WORKER_CONCURRENCY', '0'],
  ['WORKER_CONCURRENCY', 'many'],
  ['LOG_LEVEL', 'loud'],
  ['QUEUE_PREFIX', 'a:b'],
  ['QUEUE_PREFIX', '{a}'],
  ['KEEP_COMPLETED_SECONDS', '0'],
  ['SHUTDOWN_SECONDS', 'never'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'hunter2'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'test'],
  ['OTEL_TRACES_SAMPLER', 'sometimes'],
  ['OTEL_TRACES_SAMPLER_ARG', '2'],
])('refuses %s=%s with one line that names the setting', (name, value) => {
  const [title, ...lines] = readError({ [name]: value }).split('\n');
  expect(title).toBe('invalid settings');
  expect(lines).toEqual([like(new RegExp(`^ {2}${name}: \\w`))]);
});

it.each(['DATABASE_URL', 'REDIS_URL'])('reports a missing %s once', (name) => {
  const lines = readError({ [name]: undefined })
    .split('\n')
    .slice(1);
  expect(lines).toEqual([containing(name)]);
});

it('names every invalid setting at once', () => {
  const message = readError({ PORT: 'x', LOG_LEVEL: 'loud', REDIS_URL: 'x', WEBHOOK_SECRETS: 'x' });
  for (const name of ['PORT', 'LOG_LEVEL', 'REDIS_URL', 'WEBHOOK_SECRETS'])
    expect(message).toContain(`\n  ${name}:`);
});

it('shows neither secrets nor passwords in its errors', () => {
  const message = readError({ WEBHOOK_SECRETS: 'hunter2', DATABASE_URL: 'mysql://u:hunter2@h/d' });
  expect(message).not.toContain('hunter2');
});
