import { Job, type JobJson, type JobProgress } from 'bullmq';
import { readJobData } from './job-data';

/** A job whose data is checked when it is read, by queues and workers: BullMQ itself throws on data that is not JSON. */
export class CheckedJob<D, R, N extends string, P extends JobProgress> extends Job<D, R, N, P> {
  static override fromJSON<T, R, N extends string>(
    queue: Parameters<typeof Job.fromJSON>[0],
    json: JobJson,
    jobId?: string,
  ): Job<T, R, N> {
    const job = super.fromJSON<T, R, N>(queue, { ...json, data: '{}' }, jobId);
    job.data = readJobData(json.data, job.id, job.timestamp) as T;
    return job;
  }
}
