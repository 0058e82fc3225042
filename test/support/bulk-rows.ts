import type { Sequelize } from 'sequelize';
import type { Page, PageQuery } from '../../src/lists/page';

/**
 * Inserts thousands of conversations in one statement, each with its own candidate and application. Ids ascend with the number,
 * as UUIDv7s do with time.
 * @returns their ids, ascending
 */
export async function insertManyConversations(
  sequelize: Sequelize,
  from: number,
  to: number,
): Promise<string[]> {
  await sequelize.query(
    `WITH numbers AS (
       SELECT n, CAST('0198' || lpad(to_hex(n), 8, '0') || '7000' || '8' || lpad(to_hex(n), 15, '0') AS uuid) AS id,
         timestamptz '2024-01-01Z' + n * interval '1 second' AS at
       FROM generate_series(CAST(:from AS integer), CAST(:to AS integer)) AS n),
     candidate AS (
       INSERT INTO candidates (id, phone_number, first_name, last_name, email_address)
       SELECT 'candidate-' || n, '+14155552671', 'a', 'b', 'a@b.ch' FROM numbers),
     application AS (
       INSERT INTO applications (id, job_id, candidate_id, status, conversation_id, payload, received_at, processed_at)
       SELECT 'application-' || n, 'job', 'candidate-' || n, 'ACCEPTED', id, '{}', at, at FROM numbers)
     INSERT INTO conversations (id, application_id, candidate_id, job_id, status, created_at, updated_at)
     SELECT id, 'application-' || n, 'candidate-' || n, 'job',
       (ARRAY['CREATED', 'ONGOING', 'COMPLETED'])[n % 3 + 1], at, at FROM numbers`,
    { replacements: { from, to } },
  );
  const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0');
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const n = hex(from + index, 15);
    return `0198${n.slice(-8, -4)}-${n.slice(-4)}-7000-8${n.slice(0, 3)}-${n.slice(3)}`;
  });
}

/**
 * Reads all pages of a list.
 * @param between runs before each page but the first
 * @returns the ids found, and the length of each page
 */
export async function readAllPages<Query extends PageQuery>(
  list: (query: Query) => Promise<Page<{ id: string }>>,
  query: Query,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<{ found: string[]; lengths: number[] }> {
  let page = await list(query);
  const seen = [page];
  while (page.next_cursor !== null) {
    await between();
    page = await list({ ...query, cursor: page.next_cursor });
    seen.push(page);
  }
  return {
    found: seen.flatMap(({ data }) => data.map(({ id }) => id)),
    lengths: seen.map(({ data }) => data.length),
  };
}
