import * as yup from 'yup';
import type { WhenActive } from './domain';
import { SettingsError } from './errors';
import { parseRate, type Rate } from './rate';
import { parseSenders, type Sender } from './senders';
import { certificates, secrets, redisAddress, url, verification, wholeNumber } from './setting-rules';
import { parseSecrets } from './signature';
import { DEFAULT_TLS, readCertificates, type TlsSettings } from './tls';
import { TRACING_RULES } from './tracing-rules';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * A worker needs two connections for its batches and one for everything else. Web needs one for a move that waits for a lock and one
 * for everything else; it has the same limit, because processes share their settings.
 */
const MIN_POOL_SIZE = 3;

const schema = yup.object({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: yup.string().default('0.0.0.0'),
  WORKER_PORT: wholeNumber(0, 65_535).optional(),
  DATABASE_URL: url('postgres:', 'postgresql:'),
  DATABASE_DIRECT_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_READ_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_POOL_SIZE: wholeNumber(MIN_POOL_SIZE, 1000),
  DATABASE_TLS_CA: certificates(),
  DATABASE_TLS_VERIFY: verification(),
  REDIS_URL: redisAddress(),
  REDIS_TLS_CA: certificates(),
  REDIS_TLS_VERIFY: verification(),
  REDIS_MIN_REPLICAS: wholeNumber(0, 10).default(0),
  REQUIRE_DURABLE_REDIS: yup.boolean().default(false),
  WEBHOOK_SECRETS: secrets(parseSenders),
  WEB_CONCURRENCY: wholeNumber(1, 64).default(1),
  WORKER_CONCURRENCY: wholeNumber(1, 1000).default(200),
  QUEUE_LIMIT: wholeNumber(1, 1_000_000_000).default(1_000_000),
  RATE_LIMIT: yup
    .string()
    .test(
      'rate',
      'must be a number per s, m or h, for example 100/s',
      (value) => !value || parseRate(value) !== null,
    ),
  LOG_LEVEL: yup.string().oneOf(LOG_LEVELS).default('info'),
  EVENTS_URL: url('http:', 'https:').optional(),
  EVENTS_SECRET: secrets(parseSecrets).when('EVENTS_URL', {
    is: (value?: string) => value !== undefined,
    then: (schema) => schema.required('is required when EVENTS_URL is set'),
  }),
  EVENTS_KEEP_DAYS: wholeNumber(1, 3650).default(30),
  KEEP_PAYLOADS_DAYS: wholeNumber(1, 3650),
  WHEN_ACTIVE: yup.string().oneOf(['reject', 'defer']).default('reject'),
  QUEUE_PREFIX: yup
    .string()
    .matches(/^[\w-]+$/, 'must contain only letters, digits, _ and -')
    .default('conv'),
  KEEP_COMPLETED_SECONDS: wholeNumber(1, 31_536_000).default(7_200),
  SHUTDOWN_SECONDS: wholeNumber(1, 600).default(20),
  ...TRACING_RULES,
  NODE_ENV: yup.string(),
});

/** The validated environment variables; docs/operations.md explains each of them. */
export interface Settings {
  port: number;
  host: string;
  /** Where a worker answers probes; null if nowhere. */
  workerPort: number | null;
  databaseUrl: string;
  /** PostgreSQL without a pooler, for what needs a session of its own: LISTEN, migrations. */
  databaseDirectUrl: string;
  /** A replica for reads over HTTP; null for none. */
  databaseReadUrl: string | null;
  /** Most connections to PostgreSQL in the pool of a process; null for the default of its kind. */
  databasePoolSize: number | null;
  databaseTls: TlsSettings;
  redisUrl: string;
  redisTls: TlsSettings;
  /** How many replicas must have an application before it is acknowledged. */
  redisMinReplicas: number;
  /** Whether a Redis that may lose accepted applications is refused at start. */
  requireDurableRedis: boolean;
  senders: readonly Sender[];
  webConcurrency: number;
  workerConcurrency: number;
  /** How many applications may wait in the queue. */
  queueLimit: number;
  /** The limit for each sender; null for none. */
  rateLimit: Rate | null;
  /** Where workers push events; null when pushing is off. */
  receiver: { url: string; key: Buffer } | null;
  eventsKeepDays: number;
  /** How long settled applications keep their payload; null for ever. */
  keepPayloadsDays: number | null;
  whenActive: WhenActive;
  logLevel: string;
  queuePrefix: string;
  keepCompletedSeconds: number;
  shutdownMs: number;
  /** The collector of traces; null when traces are off. */
  tracesEndpoint: string | null;
  /** NODE_ENV is production: sample data is written only after a confirmation. */
  isProduction: boolean;
}

function parseReceiver(url: string | undefined, secret: string): Settings['receiver'] {
  const [key] = parseSecrets(secret);
  return url !== undefined && key ? { url, key } : null;
}

function parseTls(ca: string | undefined, verify: string): TlsSettings {
  return { ca: ca === undefined ? DEFAULT_TLS.ca : readCertificates(ca), verify: verify === 'full' };
}

/** Returns the variables that are set. Deployment templates often set unused ones to an empty string, which counts as unset. */
function withoutBlanks(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(schema.fields);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

/**
 * Reads and validates all settings.
 * @throws SettingsError that lists every invalid setting
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  try {
    const raw = schema.validateSync(withoutBlanks(env), { abortEarly: false });
    return {
      port: raw.PORT,
      host: raw.HOST,
      workerPort: raw.WORKER_PORT ?? null,
      databaseUrl: raw.DATABASE_URL,
      databaseDirectUrl: raw.DATABASE_DIRECT_URL ?? raw.DATABASE_URL,
      databaseReadUrl: raw.DATABASE_READ_URL ?? null,
      databasePoolSize: raw.DATABASE_POOL_SIZE ?? null,
      databaseTls: parseTls(raw.DATABASE_TLS_CA, raw.DATABASE_TLS_VERIFY),
      redisUrl: raw.REDIS_URL,
      redisTls: parseTls(raw.REDIS_TLS_CA, raw.REDIS_TLS_VERIFY),
      redisMinReplicas: raw.REDIS_MIN_REPLICAS,
      requireDurableRedis: raw.REQUIRE_DURABLE_REDIS,
      senders: parseSenders(raw.WEBHOOK_SECRETS),
      webConcurrency: raw.WEB_CONCURRENCY,
      workerConcurrency: raw.WORKER_CONCURRENCY,
      queueLimit: raw.QUEUE_LIMIT,
      rateLimit: parseRate(raw.RATE_LIMIT ?? ''),
      receiver: parseReceiver(raw.EVENTS_URL, raw.EVENTS_SECRET),
      eventsKeepDays: raw.EVENTS_KEEP_DAYS,
      keepPayloadsDays: raw.KEEP_PAYLOADS_DAYS ?? null,
      whenActive: raw.WHEN_ACTIVE,
      logLevel: raw.LOG_LEVEL,
      queuePrefix: raw.QUEUE_PREFIX,
      keepCompletedSeconds: raw.KEEP_COMPLETED_SECONDS,
      shutdownMs: raw.SHUTDOWN_SECONDS * 1000,
      tracesEndpoint: raw.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
      isProduction: raw.NODE_ENV === 'production',
    };
  } catch (error) {
    if (!(error instanceof yup.ValidationError)) throw error;
    const lines = error.inner.map((e) => `${e.path ?? ''}: ${e.message.replace(`${e.path ?? ''} `, '')}`);
    throw new SettingsError(`invalid settings\n  ${lines.join('\n  ')}`);
  }
}
