import { performance } from 'node:perf_hooks';
import { SettingsError } from '../lib/errors';
import type { Logger } from '../lib/log';
import { primaries, type RedisClient } from './connection';
import { describeRisk, findDurabilityRisks, type DurabilityRisk } from './durability';

/** Settings can change while Redis runs: `warnings` checks them again when the last check is older than this. */
const RECHECK_AFTER_MS = 10_000;

/** What is known about the durability of the connected Redis. */
export interface DurabilityWatch {
  /** Resolves after the first check, which needs a connection. */
  checked: Promise<void>;
  /**
   * Returns one sentence for each way to lose an accepted application, as of the last check; an old one is repeated in the background.
   * Empty before the first check.
   */
  warnings: () => readonly string[];
}

interface DurabilityOptions {
  /** Whether a Redis that may lose applications is refused. */
  required: boolean;
  log: Logger;
  /** Called where the first Redis that answers is refused; the caller ends the process. */
  refuse: (error: SettingsError) => void;
}

function refusal(risks: readonly DurabilityRisk[]): SettingsError {
  const lines = risks.map((risk) =>
    risk.value === null
      ? `${risk.rule.setting} is hidden: let the user of REDIS_URL run CONFIG GET, or check in the provider's console that it is ` +
        `${risk.rule.expected} and remove REQUIRE_DURABLE_REDIS`
      : `${describeRisk(risk)}: set it to ${risk.rule.expected}, or remove REQUIRE_DURABLE_REDIS`,
  );
  return new SettingsError(`REQUIRE_DURABLE_REDIS refuses the Redis of REDIS_URL\n  ${lines.join('\n  ')}`);
}

/**
 * Checks the settings of Redis at each connect, because a failover may lead to a Redis with other settings, and again while the warnings
 * are read. Logs a warning whenever the risks change. Only the first Redis may be refused: a process that runs goes on.
 */
export function watchDurability(
  connection: RedisClient,
  { required, log, refuse }: DurabilityOptions,
): DurabilityWatch {
  let warnings: readonly string[] | null = null;
  let checkedAt = -Infinity;

  async function check(): Promise<void> {
    checkedAt = performance.now();
    try {
      const risks = await findDurabilityRisks(primaries(connection));
      if (required && warnings === null && risks.length > 0) refuse(refusal(risks));
      const before = warnings ?? [];
      warnings = risks.map(describeRisk);
      if (warnings.length > 0 && warnings.join() !== before.join())
        log.warn({ risks: warnings }, 'Redis may lose accepted applications');
    } catch (error) {
      log.debug({ err: error }, 'the durability of Redis cannot be checked'); // It is checked at the next connect.
    }
  }

  const checked = new Promise<void>((resolve) => {
    const checkAtConnect = () => void check().then(() => warnings && resolve());
    connection.on('ready', checkAtConnect);
    if (connection.status === 'ready') checkAtConnect();
  });
  return {
    checked,
    warnings() {
      const isOld = performance.now() - checkedAt > RECHECK_AFTER_MS;
      if (isOld && connection.status === 'ready') void check();
      return warnings ?? [];
    },
  };
}
