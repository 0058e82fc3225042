import { ConvError, errorCode } from '../lib/errors';
import { redisHosts } from '../lib/redis-url';
import { isTlsError } from '../lib/tls';
import { explainRefusal } from '../queue/redis-refusal';

/** Each store by its setting. The placeholder is the address for a command that does not use the store. */
export const STORES = {
  DATABASE_URL: {
    name: 'PostgreSQL',
    code: 'DATABASE_UNAVAILABLE',
    placeholder: 'postgres://unused',
    ca: 'DATABASE_TLS_CA',
  },
  REDIS_URL: { name: 'Redis', code: 'QUEUE_UNAVAILABLE', placeholder: 'redis://unused', ca: 'REDIS_TLS_CA' },
} as const;

export type StoreSetting = keyof typeof STORES;

/** Returns what the operator does about a store that cannot be reached. */
export const nextStep = (setting: StoreSetting) =>
  `start the local stack with \`npm start\`, or set ${setting}`;

/** Causes by SQLSTATE that say more than that the store is unreachable. */
const CAUSES: Readonly<Record<string, string>> = {
  '28P01': 'wrong user or password',
  '28000': 'wrong user or password',
  '3D000': 'the database does not exist',
};

const READ_ONLY = '25006';
/** The first word of Redis' answer to a missing or wrong password. */
const REDIS_CREDENTIALS = /^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/;

/** ioredis' message for a command without an answer; it has no code. */
const NO_ANSWER = 'Command timed out';

/** Returns the error of the driver, which sequelize, callQueue and a cluster's connection wrap. */
function driverError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const wrapped = error as { parent?: unknown; cause?: unknown; lastNodeError?: unknown };
  const inner = wrapped.parent ?? wrapped.cause ?? wrapped.lastNodeError;
  return inner === undefined || inner === error ? error : driverError(inner);
}

function errorMessage(error: unknown): string {
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return hasMessage ? String(error.message) : '';
}

/** Returns what is wrong with a store that answers, and the next step; null if it gave no answer. */
function describeAnswer(error: unknown, setting: StoreSetting, store: string): string | null {
  const code = errorCode(error) ?? '';
  const message = errorMessage(error);
  if (isTlsError(error))
    return `the TLS connection to ${store} failed: ${message} (${code}): check the server's certificate, or set ${STORES[setting].ca} to the certificate of its CA`;
  if (setting === 'DATABASE_URL' && code === READ_ONLY)
    return `${store} is read-only: check that DATABASE_URL names the primary server, not a standby`;
  if (setting === 'REDIS_URL' && REDIS_CREDENTIALS.test(message))
    return `${store} refuses the user or password: check the credentials in REDIS_URL`;
  const refusal = setting === 'REDIS_URL' ? explainRefusal(error) : null;
  return refusal && `${store} refuses the command: ${refusal.problem}: ${refusal.remedy}`;
}

function storeHost(setting: StoreSetting, url: string): string {
  return setting === 'REDIS_URL' ? redisHosts(url) : new URL(url).host;
}

/**
 * Returns the error of a store that cannot be used: which server it is, the cause in words, and the next step.
 * @param url the address of the store; its password is never shown
 */
export function storeError(error: unknown, setting: StoreSetting, url: string): ConvError {
  const { name, code } = STORES[setting];
  const host = storeHost(setting, url);
  const cause = driverError(error);
  const known = CAUSES[errorCode(cause) ?? ''];
  const detail =
    describeAnswer(cause, setting, `${name} at ${host}`) ??
    `cannot reach ${name} at ${host}${known ? ` (${known})` : ''}: ${nextStep(setting)}`;
  return new ConvError(code, detail, { cause: error });
}

/** Returns the error of a command, with the server and the cause if a store's answer caused it. */
export function explainStoreError(error: unknown, setting: StoreSetting, url: string): unknown {
  const { name, code } = STORES[setting];
  if (error instanceof ConvError && error.code !== code) return error;
  const cause = driverError(error);
  if (errorMessage(cause) === NO_ANSWER) return storeError(error, setting, url);
  const detail = describeAnswer(cause, setting, `${name} at ${storeHost(setting, url)}`);
  return detail === null ? error : new ConvError(code, detail, { cause: error });
}
