import { isDeepStrictEqual } from 'node:util';
import { findProcessedEvent } from '../applications/record-failure';
import { ConvError } from '../lib/errors';
import type { Database } from '../models/connect';
import type { ApplicationJob } from '../queue/applications';

/** Returns one line that is safe to store and show: the detail of a ConvError, only the kind of any other error. */
export function describeError(error: unknown): string {
  if (error instanceof ConvError) return error.detail;
  return error instanceof Error ? `unexpected error (${error.name})` : 'unexpected error';
}

/** Makes the queue remember the event that the existing outcome was decided from, so that later redeliveries compare with it. */
export async function keepProcessedEvent(database: Database, job: ApplicationJob): Promise<void> {
  const processed = await findProcessedEvent(database, job.data.event.id);
  if (processed && !isDeepStrictEqual(processed.event, job.data.event))
    await job.updateData({ ...job.data, ...processed });
}
