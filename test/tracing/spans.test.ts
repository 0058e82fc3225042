import { ConvError } from '../../src/lib/errors';
import { findSpan, recordSpans } from './support/recorded-spans';
import { newTrace } from './support/traceparent';

it('continues the trace of a parent, and passes it on with its tracestate', async () => {
  const { tracing, end } = recordSpans();
  const { traceId, spanId, traceparent } = newTrace();
  const parent = { traceparent, tracestate: 'sender=1' };
  const context = await tracing.run('work', { parent }, () => Promise.resolve(tracing.context()));
  const span = findSpan(await end(), 'work');
  expect(span.parentSpanContext).toMatchObject({ traceId, spanId });
  expect(context).toEqual({
    traceparent: `00-${traceId}-${span.spanContext().spanId}-01`,
    tracestate: 'sender=1',
  });
});

it.each(['', 'nonsense', '00-0-0-01', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`])(
  'begins a new trace where traceparent is %j',
  async (traceparent) => {
    const { tracing, end } = recordSpans();
    await tracing.run('work', { parent: { traceparent } }, () => Promise.resolve());
    expect(findSpan(await end(), 'work').parentSpanContext).toBeUndefined();
  },
);

it('records no span where the parent is not sampled, and passes that on', async () => {
  const { tracing, end } = recordSpans();
  const parent = newTrace('00');
  const context = await tracing.run('work', { parent }, () => Promise.resolve(tracing.context()));
  expect(context?.traceparent).toMatch(/-00$/);
  expect(await end()).toEqual([]);
});

it('marks a span as failed by the code of the error, without its message', async () => {
  const { tracing, end } = recordSpans();
  const work = tracing.run('work', {}, () => Promise.reject(new ConvError('CONTENTION', 'Jane is locked')));
  await expect(work).rejects.toThrow('Jane is locked');
  const { status, attributes, events } = findSpan(await end(), 'work');
  expect({ status, attributes, events }).toEqual({
    status: { code: 2 },
    attributes: { 'error.type': 'CONTENTION' },
    events: [],
  });
});

it('keeps the first error of a span', async () => {
  const { tracing, end } = recordSpans();
  const work = tracing.run('work', {}, () => {
    tracing.fail('55P03');
    return Promise.reject(new Error('delayed'));
  });
  await expect(work).rejects.toThrow('delayed');
  expect(findSpan(await end(), 'work').attributes).toEqual({ 'error.type': '55P03' });
});

it('puts the ids of the current span into log lines, and nothing outside of spans', async () => {
  const { tracing, end } = recordSpans();
  const fields = await tracing.run('work', {}, () => Promise.resolve(tracing.logFields()));
  const { traceId, spanId } = findSpan(await end(), 'work').spanContext();
  expect(fields).toEqual({ trace_id: traceId, span_id: spanId });
  expect(tracing.logFields()).toEqual({});
});

it('records a span of the past', async () => {
  const { tracing, end } = recordSpans();
  const from = Date.now() - 5000;
  tracing.record('wait', { parent: null }, from, from + 2500);
  const { startTime, endTime } = findSpan(await end(), 'wait');
  const milliseconds = [startTime, endTime].map(
    ([seconds, nanos]) => seconds * 1000 + Math.round(nanos / 1e6),
  );
  expect(milliseconds).toEqual([from, from + 2500]);
});
