import { QueryTypes } from 'sequelize';
import type { ApplicationView, ConversationStatus, PersonalData } from '../lib/domain';
import { isUuid } from '../lib/ids';
import { parsePhone, trailingDigits } from '../lib/phone';
import { presentApplication, type ApplicationRecord } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** An application with its candidate's data and its conversation. */
export interface FoundApplication extends ApplicationView, Record<keyof PersonalData, string | null> {
  conversation_status: ConversationStatus | null;
  conversation_created_at: string | null;
}

interface FoundRow
  extends ApplicationRecord, Omit<FoundApplication, keyof ApplicationView | 'conversation_created_at'> {
  conversation_created_at: Date | null;
}

/** A FAILED application may have no candidate, so its payload is searched. Failures are few: they are read one by one. */
const FAILED_MATCHES = `
  reverse(payload->'candidate'->>'phone_number') LIKE $phone
  OR lower(payload->'candidate'->>'email_address') = lower($email::text)
  OR lower((payload->'candidate'->>'first_name') || ' ' || (payload->'candidate'->>'last_name')) LIKE lower($name::text)
  OR lower((payload->'candidate'->>'last_name') || ' ' || (payload->'candidate'->>'first_name')) LIKE lower($name::text)`;

/**
 * Each way to match is a query of its own with a limit and the order of its index, so that it reads few rows of that index and the
 * planner does not hope to meet enough matches early in the whole table.
 */
export const SEARCH = `
WITH people AS (
  (SELECT id FROM candidates WHERE reverse(phone_number) LIKE $phone
    ORDER BY reverse(phone_number) USING ~<~ LIMIT $limit)
  UNION (SELECT id FROM candidates WHERE lower(email_address) = lower($email::text) LIMIT $limit)
  UNION (SELECT id FROM candidates WHERE lower(first_name || ' ' || last_name) LIKE lower($name::text)
    ORDER BY lower(first_name || ' ' || last_name) USING ~<~ LIMIT $limit)
  UNION (SELECT id FROM candidates WHERE lower(last_name || ' ' || first_name) LIKE lower($name::text)
    ORDER BY lower(last_name || ' ' || first_name) USING ~<~ LIMIT $limit)),
found AS (
  SELECT id FROM applications WHERE id = $text
  UNION SELECT application_id FROM conversations WHERE id = $uuid
  UNION (SELECT id FROM applications WHERE candidate_id = $text ORDER BY received_at DESC LIMIT $limit)
  UNION (SELECT newest.id FROM unnest(ARRAY['ACCEPTED', 'REJECTED', 'DEFERRED', 'FAILED']) AS known (status), LATERAL (
    SELECT id FROM applications WHERE job_id = $text AND status = known.status
    ORDER BY received_at DESC LIMIT $limit) AS newest)
  UNION (SELECT one.id FROM people, LATERAL (
    SELECT id FROM applications WHERE candidate_id = people.id ORDER BY received_at DESC LIMIT $limit) AS one LIMIT $limit)
  UNION (SELECT id FROM applications WHERE status = 'FAILED' AND (${FAILED_MATCHES})
    ORDER BY received_at DESC LIMIT $limit))
SELECT a.id, a.job_id AS "jobId", a.candidate_id AS "candidateId", a.status, a.reason,
  a.conversation_id AS "conversationId", a.received_at AS "receivedAt", a.processed_at AS "processedAt",
  v.status AS conversation_status, v.created_at AS conversation_created_at,
  coalesce(c.phone_number, a.payload->'candidate'->>'phone_number') AS phone_number,
  coalesce(c.first_name, a.payload->'candidate'->>'first_name') AS first_name,
  coalesce(c.last_name, a.payload->'candidate'->>'last_name') AS last_name,
  coalesce(c.email_address, a.payload->'candidate'->>'email_address') AS email_address
FROM found JOIN applications a ON a.id = found.id
LEFT JOIN candidates c ON c.id = a.candidate_id
LEFT JOIN conversations v ON v.id = a.conversation_id
ORDER BY a.received_at DESC, a.id LIMIT $limit`;

/** What a text can match of a person. */
export interface PersonQuery {
  /** The beginning of a name, or a whole email address. */
  text: string;
  /** The whole phone number or its last digits; null for a text that is no phone number. */
  phoneEnd: string | null;
}

/** Returns what a text can match of a person. */
export function parsePersonQuery(text: string): PersonQuery {
  const phone = parsePhone(text);
  const phoneEnd = 'e164' in phone ? phone.e164 : trailingDigits(text);
  return { text: text.trim().replaceAll(/\s+/g, ' '), phoneEnd };
}

/** Returns the pattern of reversed phone numbers with this end. Only a whole number begins with a plus, so nothing comes before it. */
function phonePattern(phoneEnd: string): string {
  return `${Array.from(phoneEnd).reverse().join('')}%`;
}

/** Returns the values of {@link SEARCH}. */
export function searchValues(text: string, limit: number): Record<string, unknown> {
  const person = parsePersonQuery(text);
  return {
    text,
    uuid: isUuid(text) ? text : null,
    phone: person.phoneEnd && phonePattern(person.phoneEnd),
    email: person.text,
    name: `${person.text.replaceAll(/[\\%_]/g, '\\$&')}%`,
    limit: Number.isFinite(limit) ? limit : null,
  };
}

function presentFound({ conversation_created_at, ...row }: FoundRow): FoundApplication {
  const { conversation_status, phone_number, first_name, last_name, email_address } = row;
  return {
    ...presentApplication(row),
    conversation_status,
    conversation_created_at: conversation_created_at?.toISOString() ?? null,
    ...{ phone_number, first_name, last_name, email_address },
  };
}

/**
 * Finds the applications with an outcome that have this text as their id, or as the id of their candidate, conversation or job;
 * and those of candidates with this phone number, email address or beginning of a name. Newest first.
 * @param limit Infinity for all
 */
export function searchApplications(
  { sequelize }: Database,
  text: string,
  limit: number,
): Promise<FoundApplication[]> {
  return withDatabaseErrors(async () => {
    const options = { type: QueryTypes.SELECT, bind: searchValues(text, limit) } as const;
    return (await sequelize.query<FoundRow>(SEARCH, options)).map(presentFound);
  });
}

/** Returns the applications of each candidate, in the order of their newest. */
export function groupByCandidate(found: readonly FoundApplication[]): FoundApplication[][] {
  const groups = new Map<string, FoundApplication[]>();
  for (const one of found) groups.set(one.candidate_id, [...(groups.get(one.candidate_id) ?? []), one]);
  return [...groups.values()];
}
