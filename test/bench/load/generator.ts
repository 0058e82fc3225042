import { openConnection, type Connection } from './connection';
import type { FromGenerator, LoadJob, LoadResult, ToGenerator } from './job';
import { pace } from './pace';
import { requestOf } from './requests';
import { saturate } from './saturate';

/** Up to here all requests are made before the clock starts; beyond, each just before it is sent. */
const MOST_IN_MEMORY = 100_000;

interface Prepared {
  run: () => Promise<LoadResult>;
  connections: Connection[];
}

async function prepare(job: LoadJob): Promise<Prepared> {
  const { rate, count } = job;
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => openConnection(job.url)),
  );
  const inMemory = rate === null || count <= MOST_IN_MEMORY;
  const requests = inMemory ? Array.from({ length: count }, (_, n) => requestOf(job, n)) : [];
  const made = (n: number) => requests[n] ?? requestOf(job, n);
  const run = () => (rate === null ? saturate(connections, requests) : pace(connections, rate, count, made));
  return { run, connections };
}

function tell(message: FromGenerator): void {
  process.send?.(message);
}

let prepared: Prepared | null = null;

async function handle(message: ToGenerator): Promise<void> {
  if ('prepare' in message) {
    prepared = await prepare(message.prepare);
    tell({ prepared: true });
    return;
  }
  if (!prepared) throw new Error('nothing is prepared');
  const { run, connections } = prepared;
  prepared = null;
  const result = await run();
  connections.forEach((connection) => connection.end());
  tell({ result });
}

process.on('message', (message: ToGenerator) => {
  handle(message).catch((error: unknown) => tell({ error: String(error) }));
});
process.on('disconnect', () => process.exit());
tell({ ready: true });
