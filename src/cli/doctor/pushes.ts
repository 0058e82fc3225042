import { readPushBacklog } from '../../events/push-backlog';
import { isPushingOn } from '../../events/switch-pushing-on';
import type { Database } from '../../models/connect';
import { ok, warning, type Result } from './finding';

/** An event that waits for longer is worth a look. */
const BEHIND_MINUTES = 10;

/** Checks that events reach EVENTS_URL: none is parked, and none waits for long. */
export async function checkPushDeliveries(database: Database): Promise<Result> {
  if (!(await isPushingOn(database))) return ok('pushing was never switched on');
  const { parked, pending, error, oldest_seconds } = await readPushBacklog(database);
  const minutes = Math.floor((oldest_seconds ?? 0) / 60);
  const cause = error === null ? '' : `; the oldest error is: ${error}`;
  if (parked > 0)
    return warning(
      `${parked} events are parked, ${pending} are pending${cause}`,
      'repair the receiver, then run `conv events redeliver`',
    );
  if (minutes >= BEHIND_MINUTES)
    return warning(
      `${pending} events are pending, the oldest for ${minutes} minutes${cause}`,
      'run `conv events deliveries --status PENDING`',
    );
  return ok(`${pending} events are pending, none is parked`);
}
