import { connectDatabase } from '../../src/models/connect';
import { withDatabaseErrors } from '../../src/models/database-errors';
import { startFakePostgres } from './support/fake-postgres';

it.each(['in the packet that makes it ready', 'at its first query'] as const)(
  'reports a session that is terminated %s as an outage',
  async (termination) => {
    const server = await startFakePostgres(termination);
    const { sequelize } = connectDatabase(server.url);
    const query = withDatabaseErrors(() => sequelize.query('SELECT 1'));
    await expect(query).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', retry: 'outage' });
    await sequelize.close();
    await server.close();
  },
);
