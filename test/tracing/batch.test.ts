import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { ApplicationEvent } from '../../src/lib/domain';
import { connectDatabase } from '../../src/models/connect';
import type { TraceContext } from '../../src/tracing/tracing';
import { createBatcher } from '../../src/worker/batcher';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { refuseCandidate } from '../support/database-faults';
import { applicationEvent, jobData } from '../support/factories';
import { findSpan, recordSpans } from './support/recorded-spans';
import { newTrace } from './support/traceparent';

const stores = useDatabase();

const someEvents = (count: number) => Array.from({ length: count }, () => applicationEvent());

/** Processes applications in one batch, each in a span with its number as name, which continues the trace of its sender. */
async function processInOneBatch(
  senders: readonly TraceContext[],
  events = someEvents(senders.length),
): Promise<{ spans: ReadableSpan[]; events: ApplicationEvent[] }> {
  const { tracing, end } = recordSpans();
  const database = connectDatabase(stores.url, { tracing });
  atEnd(() => database.sequelize.close());
  const batcher = createBatcher(database, 'reject');
  const jobs = events.map((event, n) =>
    tracing.run(String(n), { parent: senders[n] }, () => {
      const processing = tracing.context();
      return batcher.processBatched({ ...jobData(event), ...(processing && { processing }) }, false);
    }),
  );
  await Promise.allSettled(jobs);
  return { spans: await end(), events };
}

const spanId = (span: ReadableSpan) => span.spanContext().spanId;
const linkedTo = ({ links }: ReadableSpan) => links.map(({ context }) => context.spanId);

it('puts a batch into the trace of its first application and links it with the others', async () => {
  const { spans } = await processInOneBatch([newTrace(), newTrace(), newTrace()]);
  const batch = findSpan(spans, 'process batch');
  const [second, third] = [findSpan(spans, '1'), findSpan(spans, '2')];
  expect(batch.parentSpanContext?.spanId).toBe(spanId(findSpan(spans, '0')));
  expect(linkedTo(batch)).toEqual([spanId(second), spanId(third)]);
  expect([...linkedTo(second), ...linkedTo(third)]).toEqual([spanId(batch), spanId(batch)]);
  expect(findSpan(spans, 'COMMIT').parentSpanContext?.spanId).toBe(spanId(batch));
});

it('puts a batch into the first trace that is sampled', async () => {
  const { spans } = await processInOneBatch([newTrace('00'), newTrace()]);
  expect(findSpan(spans, 'process batch').parentSpanContext?.spanId).toBe(spanId(findSpan(spans, '1')));
});

it('stores with each event the trace of its own application', async () => {
  const senders = [newTrace(), newTrace()];
  const { events } = await processInOneBatch(senders);
  const rows = await stores.database.sequelize.query(
    `SELECT application_id, substr(trace->>'traceparent', 4, 32) AS trace_id FROM events`,
  );
  expect(rows[0]).toEqual(
    expect.arrayContaining(
      senders.map(({ traceId }, n) => ({ application_id: events[n]?.id, trace_id: traceId })),
    ),
  );
});

it('processes each application in its own trace after the batch has failed', async () => {
  const events = [applicationEvent(), applicationEvent()];
  const refused = events[1]?.candidate_id ?? '';
  const accept = await refuseCandidate(stores.database.sequelize, refused, { sqlState: '23514' });
  const { spans } = await processInOneBatch([newTrace(), newTrace()], events);
  await accept();
  const failed = findSpan(spans, '1');
  expect(failed.status.code).toBe(2);
  const own = spans.filter(
    ({ parentSpanContext }) => parentSpanContext?.spanId === failed.spanContext().spanId,
  );
  expect(own.map(({ name }) => name)).toContain('INSERT candidates');
});
