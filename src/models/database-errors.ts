import { BaseError, ConnectionError, DatabaseError, ValidationError } from 'sequelize';
import { ConvError, ERASED_REASON, errorCode, type ErrorCode } from '../lib/errors';

/** The error for each violated constraint. */
const CONSTRAINTS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  conversations_one_active_per_candidate: ['CONFLICT', 'the candidate has an active conversation already'],
  conversations_one_per_candidate_and_job: [
    'CONFLICT',
    'the candidate has a conversation for this job already',
  ],
  conversations_one_per_application: ['CONFLICT', 'the application has a conversation already'],
  conversations_status_moves_forward: [
    'CONFLICT',
    'a conversation moves forward one step at a time: CREATED, ONGOING, COMPLETED',
  ],
  conversations_status_is_known: ['INVALID', 'a conversation is CREATED, ONGOING or COMPLETED'],
  candidates_have_data_unless_erased: ['ERASED', ERASED_REASON],
  applications_stay_erased: ['ERASED', ERASED_REASON],
  candidates_phone_number_is_e164: ['INVALID', 'a phone number is stored in E.164'],
  // Two workers stored an outcome at once; the second one tries again and finds it.
  applications_pkey: ['CONTENTION', 'another worker is processing the application'],
};

/** The error by SQLSTATE; the first matching pattern counts. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const STATES: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/^(40P01|40001|55P03|57014|25P03)$/, 'CONTENTION', 'the database is busy'],
  [/^(08...|53...|57P0.|58...)$/, 'DATABASE_UNAVAILABLE', 'the database cannot be reached'],
  // A standby that is not promoted accepts no writes.
  [/^25006$/, 'DATABASE_UNAVAILABLE', 'the database is read-only'],
  [/^(3F000|42P01|42703|42704|42883)$/, 'SCHEMA_INCOMPLETE', 'the database schema is incomplete'],
  [/^2[23]...$/, 'REFUSED', 'the database refuses the data'],
];

function driverError(error: BaseError): object {
  return 'parent' in error && typeof error.parent === 'object' && error.parent !== null ? error.parent : {};
}

function constraintName(error: BaseError): string | undefined {
  const parent = driverError(error);
  return 'constraint' in parent && typeof parent.constraint === 'string' ? parent.constraint : undefined;
}

/** Returns what a detail adds. PostgreSQL's message about a missing object names the object and holds no data. */
function describeState(code: ErrorCode, state: string, error: BaseError): string {
  if (code === 'REFUSED') return ` (SQLSTATE ${state}, constraint ${constraintName(error) ?? 'none'})`;
  if (code === 'SCHEMA_INCOMPLETE')
    return `: ${error.message}: run \`conv db migrate\`, and \`conv doctor\` for what else is missing`;
  return '';
}

function errorBySqlState(error: BaseError): ConvError | undefined {
  const state = errorCode(driverError(error)) ?? '';
  const match = STATES.find(([pattern]) => pattern.test(state));
  if (!match) return undefined;
  const [, code, detail] = match;
  return new ConvError(code, detail + describeState(code, state, error), { cause: error });
}

/** pg reports a connection that broke during a query without an SQLSTATE, or with the socket's error code. */
function isConnectionLost(error: BaseError): boolean {
  const state = errorCode(driverError(error));
  if (error instanceof ConnectionError) return true;
  return error instanceof DatabaseError && (state === undefined || /^E[A-Z]{3,}$/.test(state));
}

/**
 * Translates an error of the database. UniqueConstraintError extends ValidationError, and CHECK violations arrive as
 * DatabaseError, so the constraint's name decides before the class does.
 * @returns a ConvError for every error of the database; any other error unchanged
 */
export function toConvError(error: unknown): unknown {
  if (!(error instanceof BaseError)) return error;
  const cause = error;
  const constraint = CONSTRAINTS[constraintName(error) ?? ''];
  if (constraint) return new ConvError(constraint[0], constraint[1], { cause });
  const state = errorBySqlState(error);
  if (state) return state;
  if (isConnectionLost(error))
    return new ConvError('DATABASE_UNAVAILABLE', 'the database cannot be reached', { cause });
  if (error instanceof ValidationError)
    return new ConvError('REFUSED', 'the data has the wrong type', { cause });
  return new ConvError('INTERNAL', `database error, SQLSTATE ${errorCode(driverError(error)) ?? 'unknown'}`, {
    cause,
  });
}

/** Runs work on the database and rethrows its errors as ConvErrors. */
export async function withDatabaseErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toConvError(error);
  }
}
