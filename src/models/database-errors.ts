import { BaseError, ConnectionError, DatabaseError, ValidationError } from 'sequelize';
import { ConvError, ERASED_REASON, errorCode, type ErrorCode } from '../lib/errors';

/** What a broken constraint means, in the words of the domain. */
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
  // Two workers decided the same application at once; the one that comes second looks again and finds the outcome.
  applications_pkey: ['CONTENTION', 'the application is being decided by another worker'],
};

/** By SQLSTATE, the first pattern that matches. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const STATES: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/^(40P01|40001|55P03|57014|25P03)$/, 'CONTENTION', 'the database is busy'],
  // 25006: a standby that was not promoted yet takes no writes.
  [/^(08...|25006|53...|57P0.|58...)$/, 'DATABASE_UNAVAILABLE', 'the database cannot be reached'],
  [/^42(P01|703|704|883)$/, 'DATABASE_UNAVAILABLE', 'the database lacks the schema: run conv db migrate'],
  [/^2[23]...$/, 'REFUSED', 'the database refuses the data'],
];

function parentOf(error: BaseError): object {
  return 'parent' in error && typeof error.parent === 'object' && error.parent !== null ? error.parent : {};
}

function constraintOf(error: BaseError): string | undefined {
  const parent = parentOf(error);
  return 'constraint' in parent && typeof parent.constraint === 'string' ? parent.constraint : undefined;
}

function byState(error: BaseError): ConvError | undefined {
  const state = errorCode(parentOf(error)) ?? '';
  const known = STATES.find(([pattern]) => pattern.test(state));
  if (!known) return undefined;
  const [, code, detail] = known;
  const where = code === 'REFUSED' ? ` (SQLSTATE ${state}, constraint ${constraintOf(error) ?? 'none'})` : '';
  return new ConvError(code, detail + where, { cause: error });
}

/** pg reports a connection that broke under a query without an SQLSTATE, or with the socket's code. */
function lostConnection(error: BaseError): boolean {
  const state = errorCode(parentOf(error));
  if (error instanceof ConnectionError) return true;
  return error instanceof DatabaseError && (state === undefined || /^E[A-Z]{3,}$/.test(state));
}

/**
 * What a database error means. UniqueConstraintError extends ValidationError, and CHECK violations arrive as
 * DatabaseError, so the constraint's name decides before the class does.
 * @returns a ConvError for every fault of the database; anything else comes back as it is
 */
export function toConvError(error: unknown): unknown {
  if (!(error instanceof BaseError)) return error;
  const cause = error;
  const constraint = CONSTRAINTS[constraintOf(error) ?? ''];
  if (constraint) return new ConvError(constraint[0], constraint[1], { cause });
  const state = byState(error);
  if (state) return state;
  if (lostConnection(error))
    return new ConvError('DATABASE_UNAVAILABLE', 'the database cannot be reached', { cause });
  if (error instanceof ValidationError)
    return new ConvError('REFUSED', 'the data is not of the right kind', { cause });
  return new ConvError('INTERNAL', `database fault, SQLSTATE ${errorCode(parentOf(error)) ?? 'unknown'}`, {
    cause,
  });
}

/** Runs work on the database and rethrows its faults as ConvErrors. */
export async function withDatabaseErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toConvError(error);
  }
}
