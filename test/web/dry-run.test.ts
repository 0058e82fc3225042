import { applicationEvent, CANDIDATE } from '../support/factories';
import { useDatabase } from '../support/database';
import { faults, problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, signed, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

function send(query: string, event: unknown, headers?: Record<string, string>): Promise<Response> {
  const body = JSON.stringify(event);
  const url = `${web.url}/webhooks/applications?${query}`;
  return fetch(url, { method: 'POST', headers: headers ?? signed(web.secret, body), body });
}

it('answers with what would be stored', async () => {
  const event = applicationEvent({ candidate: { ...CANDIDATE, phone_number: '+1 (415) 555-2671' } });
  const sent = { ...event, source: 'unknown fields are ignored' };
  const response = await send('dry_run=true', sent);
  expect(response.status).toBe(200);
  expect(await response.json()).toStrictEqual({ ...event, candidate: CANDIDATE });
});

it('enqueues nothing', async () => {
  const event = applicationEvent();
  await send('dry_run=true', event);
  await problemOf(await call(web, 'GET', `/applications/${event.id}`), 404, 'NOT_FOUND');
});

it('reports every error as without it', async () => {
  const response = await send('dry_run=true', { ...applicationEvent(), id: 1, job_id: '' });
  expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual(['/id NOT_TEXT', '/job_id BLANK']);
});

it('needs the same credentials', async () => {
  const headers = { 'Content-Type': 'application/json' };
  await problemOf(await send('dry_run=true', applicationEvent(), headers), 401, 'NOT_AUTHENTIC');
});

it('accepts the application with dry_run=false', async () => {
  expect((await send('dry_run=false', applicationEvent())).status).toBe(202);
});

it.each([
  ['dry_run=1', '/dry_run UNKNOWN_VALUE'],
  ['dryrun=true', '/dryrun UNKNOWN_FIELD'],
])('refuses %s, so that a mistake does not enqueue', async (query, fault) => {
  expect(faults(await problemOf(await send(query, applicationEvent()), 422, 'INVALID'))).toEqual([fault]);
});
