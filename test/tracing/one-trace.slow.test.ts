import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { useReceiver } from '../push/support/receiver';
import { useCollector, type ReceivedSpan } from './support/collector';
import { startTraced, type TracedProcesses } from './support/traced-processes';
import { newTrace, type SenderTrace } from './support/traceparent';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();
const collector = useCollector();

const sampled = newTrace();
const unsampled = newTrace('00');
const event = applicationEvent();
const unsampledEvent = applicationEvent();
let processes: TracedProcesses;
let pushedTraces: Map<string, string | undefined>;

/** Sends an application and waits until its event was pushed. */
async function sendAndAwaitPush(sent: { id: string }, trace: SenderTrace): Promise<void> {
  expect((await processes.send(sent, trace)).status).toBe(202);
  const isPushed = () =>
    receiver.attempts.some(
      ({ event: { data } }) => 'application_id' in data && data.application_id === sent.id,
    );
  await eventually(isPushed, 30_000);
}

beforeAll(async () => {
  processes = await startTraced(stores, queue, receiver, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
  await sendAndAwaitPush(event, sampled);
  await sendAndAwaitPush(unsampledEvent, unsampled);
  pushedTraces = new Map(
    receiver.attempts.map(({ event: { data }, traceparent }) => [
      'application_id' in data ? data.application_id : '',
      traceparent,
    ]),
  );
  expect(await processes.stop()).toEqual([0, 0]);
});

/** Returns `service: name < name of the parent` of a span. */
function describeSpan(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)?.name;
  const above = span.parentSpanId === sampled.spanId ? 'sender' : (parent ?? 'unknown');
  return `${span.service}: ${span.name} < ${above}`;
}

it('sends one trace from the sender through web, queue and worker to SQL and the push', () => {
  const spans = collector.trace(sampled.traceId);
  const described = spans.map((span) => describeSpan(span, spans));
  expect(new Set(described)).toEqual(
    new Set([
      'conv-web: POST /webhooks/applications < sender',
      'conv-web: send applications < POST /webhooks/applications',
      'conv-worker: wait in applications < send applications',
      'conv-worker: process applications < send applications',
      'conv-worker: process batch < process applications',
      'conv-worker: START TRANSACTION < process batch',
      'conv-worker: SELECT applications < process batch',
      'conv-worker: INSERT candidates < process batch',
      'conv-worker: INSERT conversations < process batch',
      'conv-worker: INSERT applications < process batch',
      'conv-worker: INSERT events < process batch',
      'conv-worker: COMMIT < process batch',
      'conv-worker: NOTIFY < process batch',
      'conv-worker: process push < process applications',
      'conv-worker: POST < process push',
      'conv-worker: UPDATE event_deliveries < process push',
      'conv-worker: SELECT event_deliveries < process push',
    ]),
  );
});

it('gives the receiver of a push the trace', () => {
  const push = collector.trace(sampled.traceId).find(({ name }) => name === 'POST');
  expect(pushedTraces.get(event.id)).toBe(`00-${sampled.traceId}-${push?.spanId ?? ''}-01`);
});

it('records nothing where the sender asks for no trace, and tells the receiver so', () => {
  expect(collector.trace(unsampled.traceId)).toEqual([]);
  expect(pushedTraces.get(unsampledEvent.id)).toMatch(
    new RegExp(`^00-${unsampled.traceId}-[0-9a-f]{16}-00$`),
  );
});

it.each(['web', 'worker'] as const)('puts the ids of the trace into the log lines of %s', (name) => {
  const lines = processes[name].output().split('\n');
  const line = lines.find((text) => text.includes(event.id) && text.includes('"level":"info"')) ?? '{}';
  expect(JSON.parse(line)).toMatchObject({
    trace_id: sampled.traceId,
    span_id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
  });
});

it('sends the attributes of OTEL_RESOURCE_ATTRIBUTES', () => {
  expect(collector.text()).toContain('deployment.environment.name');
});

it('sends no personal data', () => {
  const { candidate, candidate_id } = event;
  for (const value of [...Object.values(candidate), candidate_id])
    expect(collector.text()).not.toContain(value);
});
