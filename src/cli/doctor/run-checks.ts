import type { Settings } from '../../lib/config';
import { ConvError, isOutage } from '../../lib/errors';
import type { Database } from '../../models/connect';
import type { Queues } from '../../queue/queues';
import type { Io } from '../io';
import { withBothQueues, withDatabase } from '../stores';
import { checkPostgresClock, checkRedisClock } from './clocks';
import { checkTokens, checkWebhookSecrets } from './credentials';
import { checkFailures } from './failures';
import { fault, ok, type Finding, type NamedCheck, type Result } from './finding';
import { checkBlockedApplications } from './locks';
import {
  checkConnections,
  checkPostgresVersion,
  checkPostgresWrites,
  checkSynchronousCommit,
} from './postgres';
import { checkPushDeliveries } from './pushes';
import { checkApplicationQueue, checkPushQueue, checkPushWorkers, checkWorkers } from './queues';
import { checkRedisVersion, checkRedisWrites, checkReplicas, onEachPrimary } from './redis';
import { checkAppendOnly, checkAppendSync, checkEviction, checkMemory } from './redis-settings';
import { checkMigrations, checkSchemaAdditions, checkSchemaObjects } from './schema';

const databaseChecks = (io: Io, settings: Settings): NamedCheck<Database>[] => [
  ['PostgreSQL version', checkPostgresVersion],
  ['PostgreSQL writes', checkPostgresWrites],
  ['PostgreSQL durability', checkSynchronousCommit],
  ['PostgreSQL connections', checkConnections(settings)],
  ['PostgreSQL clock', checkPostgresClock],
  ['migrations', checkMigrations],
  ['schema', checkSchemaObjects],
  ['schema additions', checkSchemaAdditions],
  ['failed applications', checkFailures],
  ['push deliveries', checkPushDeliveries],
  ['API tokens', checkTokens(io)],
];

const redisChecks = (isPushingExpected: boolean, minReplicas: number): NamedCheck<Queues>[] => [
  ['Redis version', onEachPrimary(checkRedisVersion)],
  ['Redis writes', ({ push }) => checkRedisWrites(push.connection, push.queue.toKey('doctor'))],
  ['Redis append-only file', onEachPrimary(checkAppendOnly)],
  ['Redis sync to disk', onEachPrimary(checkAppendSync)],
  ['Redis eviction', onEachPrimary(checkEviction)],
  ['Redis memory', onEachPrimary(checkMemory)],
  ['Redis replicas', onEachPrimary(checkReplicas(minReplicas))],
  ['Redis clock', onEachPrimary(checkRedisClock)],
  ['application queue', ({ applications }) => checkApplicationQueue(applications)],
  ['blocked applications', ({ applications }) => checkBlockedApplications(applications)],
  ['application workers', ({ applications }) => checkWorkers(applications)],
  ['push queue', ({ push }) => checkPushQueue(push)],
  ['push workers', ({ push }) => checkPushWorkers(push, isPushingExpected)],
];

async function runCheck<Subject>([name, check]: NamedCheck<Subject>, subject: Subject): Promise<Finding> {
  try {
    return { name, ...(await check(subject)) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      name,
      ...fault(`the check failed: ${detail}`, 'repair the cause, then run `conv doctor` again'),
    };
  }
}

/** Runs checks one after the other, so that they disturb a store in trouble as little as possible. */
async function runAll<Subject>(checks: readonly NamedCheck<Subject>[], subject: Subject): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) findings.push(await runCheck(check, subject));
  return findings;
}

/** Runs the checks of a store, or returns the one fault that it cannot be reached. */
async function checkStore(name: string, runStoreChecks: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    const findings = await runStoreChecks();
    return [{ name, ...ok('reachable') }, ...findings];
  } catch (error) {
    if (!(error instanceof ConvError) || !isOutage(error)) throw error;
    const unreachable: Result = fault(
      error.detail,
      `check that ${name} runs and that this machine may connect`,
    );
    return [{ name, ...unreachable }];
  }
}

/**
 * Checks both stores, the queues and the settings. Reads only, except one key in Redis that expires.
 * @throws SettingsError for an invalid setting
 */
export async function runChecks(io: Io): Promise<Finding[]> {
  const minReplicas = Number(io.env['REDIS_MIN_REPLICAS']?.trim() || 0);
  const isPushingExpected = Boolean(io.env['EVENTS_URL']?.trim());
  return [
    ...(await checkStore('PostgreSQL', () =>
      withDatabase(io, (database, settings) => runAll(databaseChecks(io, settings), database)),
    )),
    ...(await checkStore('Redis', () =>
      withBothQueues(io, (queues) => runAll(redisChecks(isPushingExpected, minReplicas), queues)),
    )),
    await runCheck(['webhook secrets', checkWebhookSecrets], io),
  ];
}
