import { SettingsError } from '../lib/errors';
import type { Logger } from '../lib/log';
import { primaries, type RedisClient } from './connection';
import { describeRisk, findDurabilityRisks, type DurabilityRisk } from './durability';

/** What is known about the durability of the connected Redis. */
export interface DurabilityWatch {
  /** Resolves after the first check, which needs a connection. */
  checked: Promise<void>;
  /** Returns one sentence for each way to lose an accepted application. Empty before the first check. */
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
 * Checks the settings of Redis at each connect, because a failover may lead to a Redis with other settings. Logs a warning whenever
 * the risks change. Only the first Redis may be refused: a process that runs goes on.
 */
export function watchDurability(
  connection: RedisClient,
  { required, log, refuse }: DurabilityOptions,
): DurabilityWatch {
  let warnings: readonly string[] | null = null;

  async function check(): Promise<void> {
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
  return { checked, warnings: () => warnings ?? [] };
}
