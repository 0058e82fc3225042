import type { PersonalData, StoredApplicationEvent } from '../lib/domain';
import type { ApplicationJobData } from './applications';
import { fromJobId } from './job-id';

/** Shown for an id that cannot be read from invalid data. */
const UNKNOWN = 'unknown';
const NO_DATA: PersonalData = { phone_number: '', first_name: '', last_name: '', email_address: '' };

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTime = (value: unknown): value is string => isText(value) && Number.isFinite(Date.parse(value));

function describe(field: string, expected: string, value: unknown): string {
  const kinds: Record<string, string> = { string: 'text', undefined: 'nothing' };
  const kind = value === null ? 'null' : (kinds[typeof value] ?? typeof value);
  return `${field}: expected ${expected}, found ${kind}`;
}

function checkTexts(fields: Fields, names: readonly string[], path: string): string | null {
  const wrong = names.find((name) => !isText(fields[name]));
  return wrong === undefined ? null : describe(path + wrong, 'text that is not empty', fields[wrong]);
}

/** Returns what is wrong with an event; names fields and kinds only, because values may be personal data. */
function checkEvent(event: unknown): string | null {
  if (!isObject(event)) return describe('event', 'an object', event);
  const wrongId = checkTexts(event, ['id', 'job_id', 'candidate_id'], 'event.');
  if (wrongId !== null) return wrongId;
  const { candidate } = event;
  if (candidate === null) return null;
  if (!isObject(candidate)) return describe('event.candidate', 'an object or null', candidate);
  return checkTexts(candidate, Object.keys(NO_DATA), 'event.candidate.');
}

function checkTimes(data: Fields): string | null {
  if (!isTime(data['received_at'])) return describe('received_at', 'a time', data['received_at']);
  const optional = ['replaces', 'blocked_since'].find(
    (name) => data[name] !== undefined && !isTime(data[name]),
  );
  if (optional !== undefined) return describe(optional, 'a time', data[optional]);
  const stalls = data['stalled_before'];
  return stalls === undefined || typeof stalls === 'number'
    ? null
    : describe('stalled_before', 'a number', stalls);
}

/** Returns what is wrong with data that should hold an application, or null. */
function checkFields(data: unknown): string | null {
  return isObject(data)
    ? (checkEvent(data['event']) ?? checkTimes(data))
    : describe('data', 'an object', data);
}

/** Returns whether data holds an application. */
export function holdsApplication(data: unknown): boolean {
  return checkFields(data) === null;
}

/** Returns what is wrong with the data of this application's job, or null. */
function checkData(data: unknown, applicationId: string): string | null {
  const wrong = checkFields(data);
  if (wrong !== null) return wrong;
  const { event } = data as ApplicationJobData;
  return event.id === applicationId
    ? null
    : "event.id: expected the id of the job's application, found another one";
}

/** Returns data in the place of invalid data: what can be read of it, without personal data. */
function replaceInvalid(
  data: unknown,
  applicationId: string,
  timestamp: number,
  invalid: string,
): ApplicationJobData {
  const fields = isObject(data) ? data : {};
  const event = isObject(fields['event']) ? fields['event'] : {};
  const isOwn = event['id'] === undefined || event['id'] === applicationId;
  const id = (name: string) => (isOwn && isText(event[name]) ? event[name] : UNKNOWN);
  const added = new Date(Number.isFinite(timestamp) ? timestamp : 0).toISOString();
  return {
    event: {
      id: applicationId,
      job_id: id('job_id'),
      candidate_id: id('candidate_id'),
      candidate: NO_DATA,
    },
    received_at: isTime(fields['received_at']) ? fields['received_at'] : added,
    request_id: UNKNOWN,
    delivery_id: UNKNOWN,
    invalid,
  };
}

/**
 * Reads the data of a job. Anybody with access to Redis can edit it, so it may be anything; invalid data of an application's job
 * becomes data that can be shown, with the reason in `invalid`. A job with another id than an application's is left as it is.
 * @param timestamp when the job was added, in milliseconds since 1970
 */
export function readJobData(
  json: string | undefined,
  jobId: string | undefined,
  timestamp: number,
): ApplicationJobData {
  const applicationId = fromJobId(jobId ?? '');
  let data: unknown = {};
  let wrong: string | null = null;
  try {
    data = JSON.parse(json ?? '{}');
  } catch {
    wrong = 'data: expected JSON, found other text';
  }
  if (applicationId === null) return (isObject(data) ? data : {}) as unknown as ApplicationJobData;
  wrong ??= checkData(data, applicationId);
  return wrong === null
    ? (data as ApplicationJobData)
    : replaceInvalid(data, applicationId, timestamp, wrong);
}

/** Whether this event stands for one that could not be read. */
export function isUnreadable({ candidate }: StoredApplicationEvent): boolean {
  return candidate?.phone_number === '';
}
