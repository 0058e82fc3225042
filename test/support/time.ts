import { eventually } from './eventually';

/** A moment, ISO 8601, after all that happened so far and before all that happens next: a row knows no less than a millisecond. */
export async function nextInstant(): Promise<string> {
  const moment = Date.now() + 1;
  await eventually(() => Date.now() > moment);
  return new Date(moment).toISOString();
}
