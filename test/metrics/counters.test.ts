import { useDatabase } from '../support/database';
import { refuseCandidate } from '../support/database-faults';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { publishing, readSeries, seriesOf, type Series } from '../support/metrics';
import { useQueue } from '../support/queue';
import { call, post, useWeb } from '../support/web';
import { runWorker } from '../support/worker';
import { atEnd } from '../support/cleanup';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue, () => ({ metrics: publishing('web', queue) }));

beforeAll(async () => {
  atEnd(await runWorker(stores, queue, { metrics: publishing('worker', queue) }));
});

/** Waits until the sum of a metric is at least this, and returns its series that are not zero. */
async function waitForSum(name: string, sum: number): Promise<Record<string, number>> {
  return eventually(async () => {
    const found = seriesOf(await readSeries(web), name);
    return Object.values(found).reduce((total, value) => total + value, 0) >= sum && found;
  });
}

it('counts received applications by what became of them', async () => {
  const event = applicationEvent();
  await post(web, event);
  await post(web, event);
  await post(web, { ...event, job_id: 'another' });
  await post(web, { ...event, id: '' });
  await post(web, event, { 'webhook-signature': 'v1,wrong' });
  expect(await waitForSum('conv_applications_received_total', 5)).toEqual({
    '{result="accepted",code=""}': 1,
    '{result="redelivered",code=""}': 1,
    '{result="conflict",code="CONFLICT"}': 1,
    '{result="refused",code="INVALID"}': 1,
    '{result="refused",code="NOT_AUTHENTIC"}': 1,
  });
});

it('does not count a dry run as an application', async () => {
  const before = seriesOf(await readSeries(web), 'conv_applications_received_total');
  await fetch(`${web.url}/webhooks/applications?dry_run=true`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${web.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(applicationEvent()),
  });
  const name = 'conv_http_requests_total{method="POST",route="/webhooks/applications",status="200"}';
  await eventually(async () => (await readSeries(web)).get(name) === 1);
  expect(seriesOf(await readSeries(web), 'conv_applications_received_total')).toEqual(before);
});

it('counts processed applications by outcome and reason, and how long they took', async () => {
  const accepted = applicationEvent();
  await post(web, accepted);
  await waitForSum('conv_applications_processed_total', 2);
  await post(web, applicationEvent({ candidate_id: accepted.candidate_id }));
  await post(web, applicationEvent({ candidate_id: accepted.candidate_id, job_id: accepted.job_id }));
  const failing = applicationEvent();
  const removeFault = await refuseCandidate(stores.database.sequelize, failing.candidate_id, {
    sqlState: '23514',
  });
  await post(web, failing);
  expect(await waitForSum('conv_applications_processed_total', 5)).toEqual({
    '{status="ACCEPTED",reason=""}': 2,
    '{status="REJECTED",reason="ACTIVE_CONVERSATION"}': 1,
    '{status="REJECTED",reason="DUPLICATE_APPLICATION"}': 1,
    '{status="FAILED",reason=""}': 1,
  });
  expect(await waitForSum('conv_application_duration_seconds_count', 5)).toEqual({ '': 5 });
  expect(seriesOf(await readSeries(web), 'conv_application_attempts_total')).toEqual({
    '{result="completed"}': 4,
    '{result="failed"}': 1,
  });
  await removeFault();
});

it('counts requests under the pattern of their route', async () => {
  const routeSeries = (series: Series) =>
    [...series.keys()].filter((key) => key.startsWith('conv_http_requests_total') && key.includes('404'));
  await call(web, 'GET', '/applications/one-that-is-unknown');
  await call(web, 'GET', '/nowhere/at/all');
  const found = await eventually(async () => {
    const keys = routeSeries(await readSeries(web));
    return keys.length >= 2 && keys;
  });
  expect(found.sort()).toEqual([
    'conv_http_requests_total{method="GET",route="/applications/:id",status="404"}',
    'conv_http_requests_total{method="GET",route="unmatched",status="404"}',
  ]);
});

it('shows no id and no personal data', async () => {
  const { id, candidate_id } = applicationEvent();
  const event = applicationEvent({ id, candidate_id });
  await post(web, event);
  await post(web, { ...event, job_id: 'another' });
  await call(web, 'GET', `/applications/${id}`);
  const text = [...(await readSeries(web)).keys()].join();
  for (const word of [id, candidate_id, 'Doe', 'jane', '4155552671']) expect(text).not.toContain(word);
});
