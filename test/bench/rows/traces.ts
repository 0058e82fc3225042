import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bench, Contestant, Row } from '../row';
import { burstThrough } from './e2e';
import { convWith } from './e2e-contestants';

interface Collector {
  url: string;
  stop(): Promise<void>;
}

/** Starts a collector that reads what it gets and forgets it. */
async function startCollector(): Promise<Collector> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What traces cost, from the post to the committed conversation: off, a hundredth of them, all. */
export async function traces(bench: Bench): Promise<Row> {
  const { burst } = bench.options;
  const collector = await startCollector();
  const contestant = (name: string, how: string, env: NodeJS.ProcessEnv): Contestant => ({
    name,
    how,
    trial: () => burstThrough(bench, { start: convWith(env) }, burst),
  });
  const on = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const sampled = { ...on, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' };
  return {
    subject: 'conv',
    contestants: [
      contestant('conv', 'traces off, all defaults', {}),
      contestant(
        'conv, 1 in 100 traces',
        'OTEL_TRACES_SAMPLER=traceidratio, collector on this machine',
        sampled,
      ),
      contestant('conv, all traces', 'OTEL_EXPORTER_OTLP_ENDPOINT alone, collector on this machine', on),
    ],
    goals: [],
    end: () => collector.stop(),
  };
}
