import { DelayedError } from 'bullmq';
import { ConvError } from '../lib/errors';
import { stalledCount, type ApplicationJob } from '../queue/applications';

/** In hand when so many workers were killed in a row, a job may be what kills them: it is no longer decided beside others like it. */
const SUSPECT = 3;
/** Being in the hands of a worker that is killed is no fault of the job, as long as there is an end to it. */
const GIVEN_UP = 12;
/** How long a suspect steps back where another has its turn; milliseconds, at least and at most. */
const STEP_BACK = [500, 2000] as const;

export interface Quarantine {
  /**
   * Does the work of a job, where it is suspect only while no other suspect is in hand: the one that kills its worker takes none
   * of its neighbours with it, and they are told from it by being done.
   * @throws ConvError GIVEN_UP for one that was lost too often; DelayedError for one whose turn it is not
   */
  run<T>(job: ApplicationJob, token: string | undefined, work: () => Promise<T>): Promise<T>;
}

/** Throws for a job that has been in hand whenever a worker was killed. */
export function failIfStalledTooOften(job: ApplicationJob): void {
  if (stalledCount(job) >= GIVEN_UP)
    throw new ConvError('GIVEN_UP', `given up: ${GIVEN_UP} workers ended while they had it in hand`);
}

/** The suspects of one worker process. */
export function createQuarantine(): Quarantine {
  let busy = false;

  async function stepBack(job: ApplicationJob, token: string | undefined): Promise<never> {
    const [least, most] = STEP_BACK;
    await job.moveToDelayed(Date.now() + least + Math.random() * (most - least), token);
    throw new DelayedError();
  }

  return {
    async run(job, token, work) {
      if (stalledCount(job) < SUSPECT) return work();
      if (busy) return stepBack(job, token);
      busy = true;
      try {
        return await work();
      } finally {
        busy = false;
      }
    },
  };
}
