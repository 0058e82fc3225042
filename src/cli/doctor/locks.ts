import type { ApplicationQueue } from '../../queue/applications';
import { findBlockedApplications } from '../../queue/blocked';
import { pluralize } from '../../lib/pluralize';
import { ok, warning, type Result } from './finding';

const MAX_NAMED = 3;

/** Names applications that wait for a lock in PostgreSQL, and since when. */
export async function checkBlockedApplications(applications: ApplicationQueue): Promise<Result> {
  const blocked = await findBlockedApplications(applications);
  const [oldest] = blocked;
  if (!oldest) return ok('none waits for a lock');
  const named = blocked.slice(0, MAX_NAMED).map(({ id }) => id);
  const names = blocked.length > MAX_NAMED ? `${named.join(', ')}, …` : named.join(', ');
  const verb = blocked.length === 1 ? 'waits' : 'wait';
  return warning(
    `${pluralize(blocked.length, 'application')} ${verb} for a lock in PostgreSQL, since ${oldest.since.toISOString()}: ${names}`,
    'find and end the transaction that holds the lock; docs/operations.md has the query',
  );
}
