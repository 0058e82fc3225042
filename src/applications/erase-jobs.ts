import { setTimeout as wait } from 'node:timers/promises';
import { ConvError } from '../lib/errors';
import { callQueue, type ApplicationJob, type ApplicationQueue } from '../queue/applications';
import { findCandidateJobs } from '../queue/candidate-jobs';
import { withoutPersonalData, isErased } from './erased-event';

/** Longer than a worker that was killed keeps a job from others. */
const HELD_FOR_MS = 30_000;
const LOOK_AGAIN_MS = 100;

/** Leaves a job its ids. A worker that comes to it finds nothing to decide by, and lets it fail for that reason. */
export async function eraseJob(job: ApplicationJob): Promise<void> {
  await job.updateData({ ...job.data, event: withoutPersonalData(job.data.event) });
}

/**
 * Erases the jobs of a candidate that were received until a moment, until a look at the whole queue finds none with data, and none
 * in the hands of a worker, who may just be about to write it again.
 * @returns how many held data
 */
export async function eraseJobs(queue: ApplicationQueue, candidateId: string, until: Date): Promise<number> {
  const erased = new Set<string>();
  const giveUpAt = Date.now() + HELD_FOR_MS;
  for (;;) {
    let clean = true;
    for (const { jobId, delivery } of await findCandidateJobs(queue, candidateId)) {
      if (new Date(delivery.received_at) > until) continue;
      const job = await callQueue(() => queue.queue.getJob(jobId));
      if (!job) continue;
      if (await callQueue(() => job.isActive())) clean = false;
      if (isErased(delivery.event)) continue;
      clean = false;
      await callQueue(() => eraseJob(job));
      erased.add(jobId);
    }
    if (clean) return erased.size;
    if (Date.now() > giveUpAt)
      throw new ConvError(
        'CONTENTION',
        'a worker still has an application of this candidate in hand; all else is erased: say it again',
      );
    await wait(LOOK_AGAIN_MS);
  }
}
