import { Pool } from 'pg';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { door, type Answer } from './door';
import { group } from './group';
import { connectNaive, naiveDecide } from './naive';
import { readRoutes } from './read-routes';
import { serve, setting } from './serve';
import { decideMany, decideOne } from './statement';

/** The same handler, which writes to PostgreSQL before it answers. `FORM` says how. */
const databaseUrl = setting('DATABASE_URL');
const connections = Number(setting('CONNECTIONS'));
const pool = new Pool({ connectionString: databaseUrl, max: connections });

function naive(): (event: ApplicationEvent) => Promise<Answer> {
  const database = connectNaive(databaseUrl, connections);
  return async (event) => ({ id: event.id, status: (await naiveDecide(database, event, new Date())).status });
}

const forms: Record<string, () => (event: ApplicationEvent) => Promise<Answer>> = {
  naive,
  statement: () => (event) => decideOne(pool, event),
  grouped: () =>
    group({
      lanes: connections,
      most: 100,
      keyOf: (event) => event.candidate_id,
      work: (events) => decideMany(pool, events),
    }),
};

const take = forms[setting('FORM')]?.();
if (!take) throw new Error('FORM is none of these');
serve(door(take, readRoutes(pool)), () => pool.end());
