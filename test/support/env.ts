/** The template of every test database; see support/database.ts. */
export const TEMPLATE = 'conv_template';

/** Returns the addresses of the stores that global setup started. */
export function testUrls(): { databaseUrl: string; redisUrl: string } {
  const databaseUrl = process.env['TEST_DATABASE_URL'];
  const redisUrl = process.env['TEST_REDIS_URL'];
  if (!databaseUrl || !redisUrl)
    throw new Error('run the tests with jest: its global setup starts the stores');
  return { databaseUrl, redisUrl };
}
