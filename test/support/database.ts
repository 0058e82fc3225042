import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { connectDatabase, type Database } from '../../src/models/connect';
import { atEnd } from './cleanup';
import { TEMPLATE, testUrls } from './env';

async function asAdmin(sql: string): Promise<void> {
  const client = new Client({ connectionString: testUrls().databaseUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** The database of one test file. */
export interface TestDatabase {
  url: string;
  database: Database;
}

/**
 * Creates a migrated database for this test file alone. Dropping it fails while a connection is open, so a leaked connection
 * fails the file.
 * @param template `template0` for an empty database
 */
export function useDatabase(template = TEMPLATE): TestDatabase {
  const name = `conv_test_${randomBytes(6).toString('hex')}`;
  const test = {} as TestDatabase;
  beforeAll(async () => {
    await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    test.url = Object.assign(new URL(testUrls().databaseUrl), { pathname: `/${name}` }).href;
    test.database = connectDatabase(test.url, { poolSize: 20 });
  });
  atEnd(async () => {
    await test.database.sequelize.close();
    await asAdmin(`DROP DATABASE ${name}`);
  });
  return test;
}

/** Sent as one query, so one transaction. TRUNCATE would deadlock with a web or worker of the test that reads two of the tables. */
const CLEAR_TABLES = `
SELECT FROM candidates ORDER BY id FOR UPDATE;
DELETE FROM event_readers; DELETE FROM event_deliveries; DELETE FROM events;
DELETE FROM applications; DELETE FROM conversations; DELETE FROM candidates; DELETE FROM api_tokens`;

/** Empties every table, with locks in the order in which processing takes them. */
export async function clearTables({ database }: TestDatabase): Promise<void> {
  await database.sequelize.query(CLEAR_TABLES);
}
