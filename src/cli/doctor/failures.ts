import type { Database } from '../../models/connect';
import { pluralize } from '../../lib/pluralize';
import { ok, warning, type Result } from './finding';

/** Counts failed applications that nobody has dismissed. Workers record there also failures that only the queue knew. */
export async function checkFailures({ applications }: Database): Promise<Result> {
  const failed = await applications.count({ where: { status: 'FAILED', dismissedAt: null } });
  return failed === 0
    ? ok('none')
    : warning(
        `${pluralize(failed, 'application')} FAILED`,
        'run `conv apps stats`, repair the cause, then `conv replay --status FAILED --dry-run`',
      );
}
