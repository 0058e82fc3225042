/** The fields of one kind of record, under the names of the API. The order is the order on the screen and in a file. */
export interface Resource {
  /** The fields that a table shows. */
  readonly columns: readonly string[];
  /** The fields of csv: all that json has. */
  readonly fields: readonly string[];
}

export const CONVERSATION: Resource = {
  columns: ['id', 'status', 'candidate_id', 'job_id', 'application_id', 'created_at'],
  fields: ['id', 'application_id', 'candidate_id', 'job_id', 'status', 'created_at', 'updated_at'],
};

export const APPLICATION: Resource = {
  columns: ['id', 'status', 'reason', 'candidate_id', 'job_id', 'conversation_id', 'received_at'],
  fields: [
    'id',
    'job_id',
    'candidate_id',
    'status',
    'reason',
    'conversation_id',
    'received_at',
    'processed_at',
  ],
};

const PERSON_FIELDS = ['phone_number', 'first_name', 'last_name', 'email_address'];
const CONVERSATION_FIELDS = ['conversation_status', 'conversation_created_at'];
/** An application with its candidate's data and its conversation. */
export const FOUND: Resource = {
  columns: [
    ...['candidate_id', 'first_name', 'last_name', 'phone_number'],
    ...['id', 'status', 'reason', 'job_id', 'received_at', ...CONVERSATION_FIELDS],
  ],
  fields: [...APPLICATION.fields, ...CONVERSATION_FIELDS, ...PERSON_FIELDS],
};

const COUNT_FIELDS = ['status', 'reason', 'count'];
export const APPLICATION_COUNT: Resource = { columns: COUNT_FIELDS, fields: COUNT_FIELDS };

/** `subject` is the id of the event's conversation or application; json has it in `data`. */
export const EVENT: Resource = {
  columns: ['created_at', 'type', 'id', 'subject'],
  fields: ['id', 'type', 'created_at', 'data'],
};

export const DELIVERY: Resource = {
  columns: ['id', 'type', 'status', 'attempts', 'last_error', 'delivered_at'],
  fields: [
    'id',
    'type',
    'application_id',
    'status',
    'attempts',
    'last_error',
    'first_attempt_at',
    'delivered_at',
  ],
};

const QUEUE_FIELDS = [
  ...['id', 'waiting', 'active', 'delayed', 'completed', 'failed', 'oldest_waiting_seconds', 'workers'],
  ...['paused_since', 'pause_reason'],
];
export const QUEUE: Resource = { columns: QUEUE_FIELDS, fields: QUEUE_FIELDS };

const FAILED_JOB_FIELDS = ['id', 'queue', 'attempts', 'error', 'failed_at'];
export const FAILED_JOB: Resource = { columns: FAILED_JOB_FIELDS, fields: FAILED_JOB_FIELDS };

/** A check of `conv doctor`. */
export const FINDING: Resource = {
  columns: ['level', 'name', 'detail', 'remedy'],
  fields: ['name', 'level', 'detail', 'remedy'],
};

export const TOKEN: Resource = {
  columns: ['id', 'name', 'scopes', 'sender', 'created_at', 'expires_at', 'revoked_at'],
  fields: ['id', 'name', 'scopes', 'sender', 'created_at', 'expires_at', 'revoked_at'],
};

export const CONTEXT: Resource = { columns: ['id', 'url', 'in_use'], fields: ['id', 'url', 'in_use'] };

/** Returns the names that `--columns` accepts. */
export function knownColumns({ columns, fields }: Resource): string[] {
  return [...new Set([...columns, ...fields])];
}
