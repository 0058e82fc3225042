import { openConnection, type Connection } from './connection';
import type { FromGenerator, LoadJob, LoadResult, ToGenerator } from './job';
import { pace } from './pace';
import { requestOf } from './requests';
import { saturate } from './saturate';

/** Up to this count all requests are created before the clock starts; of more, each just before it is sent. */
const MAX_IN_MEMORY = 100_000;

interface Prepared {
  run: () => Promise<LoadResult>;
  connections: Connection[];
}

async function prepare(job: LoadJob): Promise<Prepared> {
  const { rate, count } = job;
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => openConnection(job.url)),
  );
  const inMemory = rate === null || count <= MAX_IN_MEMORY;
  const requests = inMemory ? Array.from({ length: count }, (_, n) => requestOf(job, n)) : [];
  const made = (n: number) => requests[n] ?? requestOf(job, n);
  const run = () => (rate === null ? saturate(connections, requests) : pace(connections, rate, count, made));
  return { run, connections };
}

function send(message: FromGenerator): void {
  process.send?.(message);
}

let prepared: Prepared | null = null;

async function handle(message: ToGenerator): Promise<void> {
  if ('prepare' in message) {
    prepared = await prepare(message.prepare);
    send({ prepared: true });
    return;
  }
  if (!prepared) throw new Error('nothing is prepared');
  const { run, connections } = prepared;
  prepared = null;
  const result = await run();
  connections.forEach((connection) => connection.end());
  send({ result });
}

process.on('message', (message: ToGenerator) => {
  handle(message).catch((error: unknown) => send({ error: String(error) }));
});
process.on('disconnect', () => process.exit());
send({ ready: true });
