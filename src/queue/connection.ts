import { Cluster, type Redis, type RedisOptions } from 'ioredis';
import { SettingsError } from '../lib/errors';
import { parseRedisUrl, type RedisAddress } from '../lib/redis-url';
import { DEFAULT_TLS, tlsOptions, type TlsSettings } from '../lib/tls';
import { BatchingRedis } from './batching-redis';
import { SentinelRedis } from './sentinel-redis';

/** A connection to one Redis, to the primary that Sentinels name, or to a cluster. */
export type RedisClient = Redis | Cluster;

/** Where Redis is, and how its certificate is checked. */
export interface RedisSettings {
  redisUrl: string;
  redisTls?: TlsSettings;
}

interface ConnectionOptions {
  maxRetriesPerRequest: number | null;
  enableOfflineQueue?: boolean;
  /** Milliseconds. */
  commandTimeout?: number;
}

type SharedOptions = Pick<RedisOptions, 'connectTimeout' | 'tls' | 'username' | 'password'>;

const CONNECT_TIMEOUT_MS = 2000;
/** Shorter than the second within which the webhook answers. */
const COMMAND_TIMEOUT_MS = 900;
/** A wrong REDIS_URL names a replica for ever; reconnecting to it all the time would help nobody. */
const MIN_RECONNECT_INTERVAL_MS = 5000;

/** Reconnects within a second of Redis' return. */
const reconnectDelay = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 5), 1000);

/** Returns a function that reconnects where the primary became a replica, because another address leads to the new primary. */
function reconnectAfterFailover(): (error: Error) => boolean {
  let reconnectedAt = -Infinity;
  return ({ message }) => {
    if (!/READONLY|^UNBLOCKED/.test(message)) return false;
    if (performance.now() < reconnectedAt + MIN_RECONNECT_INTERVAL_MS) return false;
    reconnectedAt = performance.now();
    return true;
  };
}

function connectToCluster(
  { nodes }: RedisAddress,
  { enableOfflineQueue = true, ...options }: ConnectionOptions,
  shared: SharedOptions,
): Cluster {
  return new Cluster([...nodes], {
    clusterRetryStrategy: reconnectDelay,
    enableOfflineQueue,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    // Certificates name hosts, not addresses.
    dnsLookup: (address, callback) => callback(null, address),
    redisOptions: { ...shared, ...options },
  });
}

function connectToPrimary(
  { nodes, primaryName, db, sentinelUsername, sentinelPassword }: RedisAddress,
  options: ConnectionOptions,
  shared: SharedOptions,
): Redis {
  const { tls } = shared;
  return new SentinelRedis({
    sentinels: [...nodes],
    name: primaryName,
    db,
    ...(sentinelUsername !== undefined && { sentinelUsername }),
    ...(sentinelPassword !== undefined && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: tls }),
    // A primary that hangs does not close its connections.
    failoverDetector: true,
    retryStrategy: reconnectDelay,
    reconnectOnError: reconnectAfterFailover(),
    ...shared,
    ...options,
  });
}

/** Connects without logging: queues and workers repeat the errors of their connection, and logErrors logs those. */
function connect(
  { redisUrl, redisTls = DEFAULT_TLS }: RedisSettings,
  options: ConnectionOptions,
): RedisClient {
  const address = parseRedisUrl(redisUrl);
  if (!address) throw new SettingsError('REDIS_URL is not the address of a Redis');
  const { kind, tls, username, password } = address;
  const shared: SharedOptions = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(tls && { tls: tlsOptions(redisTls) }),
    ...(username !== undefined && kind !== 'single' && { username }),
    ...(password !== undefined && kind !== 'single' && { password }),
  };
  if (kind === 'cluster') return connectToCluster(address, options, shared);
  if (kind === 'sentinel') return connectToPrimary(address, options, shared);
  const single = { retryStrategy: reconnectDelay, reconnectOnError: reconnectAfterFailover() };
  return new BatchingRedis(redisUrl, { ...single, ...shared, ...options });
}

/** Opens a connection whose commands fail at once while Redis is unavailable, for callers that must answer quickly. */
export function connectForCommands(settings: RedisSettings): RedisClient {
  return connect(settings, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
}

/** Opens a connection for a worker, whose blocking commands wait through an outage, as BullMQ requires. */
export function connectForWorker(settings: RedisSettings): RedisClient {
  return connect(settings, { maxRetriesPerRequest: null });
}

/** Returns the prefix of all keys. In a cluster its hash tag keeps them in one slot, because scripts use several keys. */
export function keyPrefix({ redisUrl, queuePrefix }: { redisUrl: string; queuePrefix: string }): string {
  return parseRedisUrl(redisUrl)?.kind === 'cluster' ? `{${queuePrefix}}` : queuePrefix;
}

/** Returns every Redis that accepts writes: the primaries of a cluster, or the one Redis. */
export function primaries(connection: RedisClient): Redis[] {
  return connection instanceof Cluster ? connection.nodes('master') : [connection];
}

/** Whether Redis refused a command. Many managed Redis services forbid INFO, CONFIG and CLIENT. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
