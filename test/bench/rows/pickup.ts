import type { Pool } from 'pg';
import { openConnection, type Connection } from '../load/connection';
import { requestOf } from '../load/requests';
import type { Bench, Figures, Row } from '../row';
import { quantile } from '../statistics';
import { withPipeline } from './e2e';
import { checkoutPipeline, PIPELINES, type Pipeline } from './e2e-contestants';

const POSTS = 1000;

/** Polls without pause, one statement at a time, for every contestant alike. */
async function committed(pool: Pool, applicationId: string): Promise<void> {
  const query = { name: 'committed', text: 'SELECT FROM conversations WHERE application_id = $1' };
  while ((await pool.query({ ...query, values: [applicationId] })).rowCount === 0);
}

function send(connection: Connection, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.send(request, (status) => (status === '202' ? resolve() : reject(new Error(status))));
  });
}

/** Sends one post after the other, each when the conversation of the one before is committed. */
function pickUp({ lab, options }: Bench, pipeline: Pipeline): Promise<Figures> {
  return withPipeline(lab, pipeline, async ({ pool }, [web, ...workers]) => {
    const count = options.quick ? 20 : POSTS;
    const connection = await openConnection(web.url);
    const job = { url: web.url, connections: 1, count, rate: null };
    const times: number[] = [];
    for (let n = 0; n < count * 2; n++) {
      const request = requestOf({ ...job, send: { kind: 'posts', label: 'pickup', from: 0 } }, n);
      const began = performance.now();
      await send(connection, request); // Polling starts after the response; before, it would take a core from the contestant.
      if (workers.length > 0) await committed(pool, `application-pickup-${n}`); // Without a worker the response comes after the commit.
      times.push(performance.now() - began);
    }
    connection.end();
    const sorted = times.slice(count).sort((a, b) => a - b); // The first half warms up.
    return { 'median ms': quantile(sorted, 0.5), 'p99 ms': quantile(sorted, 0.99) };
  });
}

/** From a post to its committed conversation on an idle system. */
export function pickup(bench: Bench): Row {
  const names = ['conv', 'no queue, one statement', 'no queue, findOrCreate'];
  return {
    subject: 'conv',
    contestants: [
      ...PIPELINES.filter(({ name }) => names.includes(name)),
      ...bench.options.checkouts.map(checkoutPipeline),
    ].map((pipeline) => ({
      name: pipeline.name,
      how: pipeline.how,
      trial: () => pickUp(bench, pipeline),
    })),
    goals: [{ metric: 'median ms', against: 'no queue, one statement', atMost: 1.2 }],
  };
}
