import { join } from 'node:path';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { useReceiver } from '../push/support/receiver';
import { useCollector } from './support/collector';
import { startTraced, type TracedProcesses } from './support/traced-processes';
import { newTrace } from './support/traceparent';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();
const collector = useCollector();

const NODE_OPTIONS = `--require=${join(__dirname, 'support/print-modules.js')}`;
const CLOSED_PORT = 'http://127.0.0.1:9';

async function sendOne(processes: TracedProcesses): Promise<void> {
  expect((await processes.send(applicationEvent(), newTrace())).status).toBe(202);
  await eventually(() => receiver.attempts.length > 0, 30_000);
}

function loadedModules(output: string): number {
  const line = output.split('\n').find((text) => text.includes('modules_of_opentelemetry')) ?? '{}';
  return (JSON.parse(line) as { modules_of_opentelemetry: number }).modules_of_opentelemetry;
}

it('loads the SDK in web and worker where the endpoint is set', async () => {
  const env = { NODE_OPTIONS, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const processes = await startTraced(stores, queue, receiver, env);
  await processes.stop();
  expect(loadedModules(processes.web.output())).toBeGreaterThan(0);
  expect(loadedModules(processes.worker.output())).toBeGreaterThan(0);
});

it('loads no SDK of OpenTelemetry and passes on no trace without an endpoint', async () => {
  const processes = await startTraced(stores, queue, receiver, { NODE_OPTIONS });
  await sendOne(processes);
  await processes.stop();
  expect(loadedModules(processes.web.output())).toBe(0);
  expect(loadedModules(processes.worker.output())).toBe(0);
  expect(receiver.attempts[0]?.traceparent).toBeUndefined();
});

it('goes on without a collector, says so in one line, and stops in time', async () => {
  const processes = await startTraced(stores, queue, receiver, {
    OTEL_EXPORTER_OTLP_ENDPOINT: CLOSED_PORT,
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  await sendOne(processes);
  const warnings = () =>
    processes.worker.output().split('the collector of traces cannot be reached').length - 1;
  await eventually(() => warnings() > 0, 30_000);
  await processes.send(applicationEvent(), newTrace());
  await eventually(() => receiver.attempts.length > 1, 30_000);
  expect(await processes.stop()).toEqual([0, 0]);
  expect(warnings()).toBe(1);
});
