import { connectDatabase, type Database } from '../../src/models/connect';
import { findJob, type ApplicationJobData } from '../../src/queue/applications';
import { atEnd } from '../support/cleanup';
import { refuseCandidate } from '../support/database-faults';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { call, post, useWeb } from '../support/web';
import { runWorker } from '../support/worker';
import { findSpan, recordSpans } from '../tracing/support/recorded-spans';
import { newTrace, type SenderTrace } from '../tracing/support/traceparent';

const stores = useDatabase();
const queue = useQueue();
const { tracing, end } = recordSpans();
const traced = { database: null as Database | null };

const web = useWeb(stores, queue, () => {
  traced.database = connectDatabase(stores.url, { tracing });
  return { database: traced.database };
});
atEnd(async () => traced.database?.sequelize.close());

const send = (event: object, { traceparent }: SenderTrace): Promise<Response> =>
  post(web, event, { traceparent, tracestate: 'sender=1' });

async function jobData(id: string): Promise<ApplicationJobData | undefined> {
  return (await findJob(queue.applications, id))?.job.data;
}

it('puts the trace of the request into the job', async () => {
  const event = applicationEvent();
  const trace = newTrace();
  expect((await send(event, trace)).status).toBe(202);
  expect(await jobData(event.id)).toMatchObject({
    trace: {
      traceparent: expect.stringContaining(trace.traceId) as string,
      tracestate: 'sender=1',
      queued_at: expect.any(Number) as number,
    },
  });
});

it('recognizes a redelivery in another trace, and leaves the job in the first', async () => {
  const event = applicationEvent();
  const first = newTrace();
  await send(event, first);
  const response = await send(event, newTrace());
  expect(response.headers.get('Idempotent-Replayed')).toBe('true');
  expect((await jobData(event.id))?.trace?.traceparent).toContain(first.traceId);
});

it('continues the trace of the redelivery that retries a failed application', async () => {
  const event = applicationEvent();
  const { sequelize } = stores.database;
  const accept = await refuseCandidate(sequelize, event.candidate_id, { sqlState: '23514' });
  const stop = await runWorker(stores, queue);
  await send(event, newTrace());
  await eventually(async () => (await stores.database.applications.findByPk(event.id))?.status === 'FAILED');
  await eventually(async () => (await findJob(queue.applications, event.id))?.state === 'failed');
  await stop();
  await accept();
  const second = newTrace();
  await send(event, second);
  expect((await jobData(event.id))?.trace?.traceparent).toContain(second.traceId);
});

describe('the span of a request', () => {
  const spanOf = async (name: string) => findSpan(await end(), name);

  beforeAll(async () => {
    await fetch(`${web.url}/jane.doe@example.com?email=jane.doe@example.com`, { method: 'DELETE' });
    await call(web, 'GET', '/candidates/candidate-of-nobody');
    await fetch(`${web.url}/livez`);
  });

  it('is named by the method alone where no route matches, and holds no path', async () => {
    const { attributes, status } = await spanOf('DELETE');
    expect(attributes).toEqual({
      'http.request.method': 'DELETE',
      'url.scheme': 'http',
      'conv.request.id': expect.any(String) as string,
      'http.response.status_code': 404,
    });
    expect(status.code).toBe(0);
  });

  it('is named by its route', async () => {
    expect((await spanOf('GET /candidates/:id')).attributes['http.route']).toBe('/candidates/:id');
  });

  it('does not exist for a probe', async () => {
    expect((await end()).map(({ name }) => name)).not.toContain('GET /livez');
  });
});
