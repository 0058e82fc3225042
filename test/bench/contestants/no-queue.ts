import { Pool } from 'pg';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { webhookApp, type Answer } from './webhook-app';
import { group } from './group';
import { connectNaive, naiveDecide } from './naive';
import { readRoutes } from './read-routes';
import { serve, setting } from './serve';
import { decideMany, decideOne } from './statement';

/** The shared webhook without a queue: writes to PostgreSQL before it answers, in the way that `FORM` names. */
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
      concurrentGroups: connections,
      maxItems: 100,
      keyOf: (event) => event.candidate_id,
      work: (events) => decideMany(pool, events),
    }),
};

const accept = forms[setting('FORM')]?.();
if (!accept) throw new Error(`FORM must be one of ${Object.keys(forms).join(', ')}`);
serve(webhookApp(accept, readRoutes(pool)), () => pool.end());
