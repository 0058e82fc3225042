import { eventually } from './eventually';

/** Returns a time (ISO 8601) after everything before the call and before everything after it, at a precision of milliseconds. */
export async function nextInstant(): Promise<string> {
  const instant = Date.now() + 1;
  await eventually(() => Date.now() > instant);
  return new Date(instant).toISOString();
}
