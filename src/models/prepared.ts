import type { Client } from 'pg';
import { DatabaseError, type Sequelize } from 'sequelize';
import { errorCode } from '../lib/errors';

/** A statement that PostgreSQL parses and plans once per connection. */
export interface Prepared {
  /** One name for one text, in the whole program. */
  name: string;
  text: string;
}

/** What a statement was prepared for has changed since, by a migration: it fails on this connection for as long as that lives. */
const OUTDATED = '0A000';

/** The server's own errors carry five characters; whatever fails with another code, or none, broke on the way. */
function staysUsable(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return /^[0-9A-Z]{5}$/.test(code) && code !== OUTDATED;
}

/**
 * Runs a prepared statement on a connection of Sequelize's pool, for the few paths where Sequelize's own way from text to
 * rows costs as much as the query. It fails as Sequelize fails, so `withDomainErrors` goes around it as around any query.
 */
export async function queryPrepared<Row extends object>(
  { connectionManager }: Sequelize,
  statement: Prepared,
  values: readonly unknown[],
): Promise<Row[]> {
  const connection = await connectionManager.getConnection({ type: 'write' });
  let whole = true;
  try {
    return (await (connection as Client).query<Row>({ ...statement, values: [...values] })).rows;
  } catch (error) {
    whole = staysUsable(error);
    throw new DatabaseError(Object.assign(error as Error, { sql: statement.text }));
  } finally {
    // What was given up on may still be answered, and the next query must not take that answer for its own.
    if (whole) connectionManager.releaseConnection(connection);
    else void connectionManager.destroyConnection(connection);
  }
}
