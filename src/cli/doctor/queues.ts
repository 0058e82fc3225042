import type { ApplicationQueue } from '../../queue/applications';
import type { PushQueue } from '../../queue/push';
import { countWorkers } from '../../queue/stats';
import { describePause } from '../pause-notice';
import { fault, hidden, ok, type Result } from './finding';

export async function checkWorkers(applications: ApplicationQueue): Promise<Result> {
  const workers = await countWorkers(applications);
  if (workers === null) return hidden('the number of connected workers', 'one or more');
  return workers === 0
    ? fault('no worker is connected: applications wait', 'start a worker')
    : ok(`${workers} connected`);
}

/**
 * Checks that a worker pushes events.
 * @param isExpected whether EVENTS_URL is set
 */
export async function checkPushWorkers(push: PushQueue, isExpected: boolean): Promise<Result> {
  const workers = await countWorkers(push);
  if (workers === null) return hidden('the number of connected workers', 'one or more');
  if (workers > 0) return ok(`${workers} connected`);
  return isExpected
    ? fault('no worker pushes events', 'start a worker with EVENTS_URL and EVENTS_SECRET')
    : ok('none; EVENTS_URL is not set here');
}

export async function checkApplicationQueue({ queue }: ApplicationQueue): Promise<Result> {
  const pause = await queue.getPause();
  return pause
    ? fault(describePause('the queue', pause), 'run `conv queue resume applications`')
    : ok('not paused');
}

export async function checkPushQueue({ queue }: PushQueue): Promise<Result> {
  const pause = await queue.getPause();
  return pause ? fault(describePause('pushing', pause), 'run `conv events resume`') : ok('not paused');
}
