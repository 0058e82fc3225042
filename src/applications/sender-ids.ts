import type { ApplicationEvent } from '../lib/domain';
import { invalid } from '../lib/errors';
import { characters, MAX_ID_LENGTH } from '../lib/text';

const IDS = ['id', 'job_id', 'candidate_id'] as const;

/** Returns an id as conv stores and shows it: with the name of its sender, if senders have names. */
export function idOfSender(id: string, sender: string | null): string {
  return sender === null ? id : `${sender}:${id}`;
}

/**
 * Returns an event whose application, job and candidate ids begin with the name of their sender, so that two senders that number
 * from 1 do not meet.
 * @param sender its name; null leaves the event as it is
 * @throws ConvError INVALID when an id is too long with the name
 */
export function nameIds(event: ApplicationEvent, sender: string | null): ApplicationEvent {
  if (sender === null) return event;
  const max = MAX_ID_LENGTH - sender.length - 1;
  const tooLong = IDS.filter((field) => characters(event[field]) > max);
  if (tooLong.length > 0)
    throw invalid(
      tooLong.map((field) => ({
        pointer: `/${field}`,
        code: 'TOO_LONG',
        detail: `must have at most ${max} characters, because conv puts "${sender}:" before it`,
      })),
    );
  const [id, job_id, candidate_id] = IDS.map((field) => idOfSender(event[field], sender)) as [
    string,
    string,
    string,
  ];
  return { ...event, id, job_id, candidate_id };
}
