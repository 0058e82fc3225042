import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { having } from '../support/matchers';
import { useQueue } from '../support/queue';
import { recordingLog } from '../support/recording-log';
import { rawCall } from '../support/raw-http';
import { post, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const { log, lines } = recordingLog();
const web = useWeb(stores, queue, () => ({ log }));

const PERSON = {
  phone_number: '+442079460018',
  first_name: 'Rosalind',
  last_name: 'Franklin',
  email_address: 'r.f@example.com',
};

beforeEach(() => {
  lines.length = 0;
});

function requests(): Record<string, unknown>[] {
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'request');
}

it('logs one line for each request, with ids to find it', async () => {
  const event = applicationEvent();
  const response = await post(web, event, { 'X-Request-Id': 'mine' });
  expect(response.status).toBe(202);
  expect(requests()).toEqual([
    having({
      level: 'info',
      method: 'POST',
      route: '/webhooks/applications',
      status: 202,
      request_id: 'mine',
      application_id: event.id,
      redelivered: false,
    }),
  ]);
});

it('logs no personal data of accepted or refused events', async () => {
  await post(web, applicationEvent({ candidate: PERSON }));
  await post(web, { ...applicationEvent({ candidate: { ...PERSON, email_address: 'r.f@' } }) });
  expect(requests().map(({ status }) => status)).toEqual([202, 422]);
  for (const value of Object.values(PERSON)) expect(lines.join()).not.toContain(value);
});

it('logs why a request was refused: the problem, and each field that is wrong', async () => {
  await post(web, { ...applicationEvent({ candidate: { ...PERSON, email_address: 'r.f@' } }), job_id: '' });
  await fetch(`${web.url}/applications?status=LOST&Rosalind=1`, {
    headers: { Authorization: `Bearer ${web.token}` },
  });
  expect(requests()).toEqual([
    having({ problem: 'INVALID', fields: '/candidate/email_address INVALID_EMAIL, /job_id BLANK' }),
    having({ problem: 'INVALID', fields: '/status UNKNOWN_VALUE, UNKNOWN_FIELD' }),
  ]);
});

it('logs no token, secret or signature', async () => {
  const token = await tokenFor(stores, 'conversations:read');
  await fetch(`${web.url}/conversations`, { headers: { Authorization: `Bearer ${token}` } });
  await post(web, applicationEvent());
  expect(lines.join()).not.toContain(token);
  expect(lines.join()).not.toMatch(/whsec_|v1,/);
});

it('logs the name of the token', async () => {
  const token = await tokenFor(stores, 'conversations:read');
  await fetch(`${web.url}/conversations`, { headers: { Authorization: `Bearer ${token}` } });
  expect(requests()).toEqual([having({ token: 'conversations:read', route: '/conversations' })]);
});

it.each([
  '/conversations/Rosalind',
  '/applications/Rosalind',
  '/Rosalind',
  '/conversations?candidate_id=Rosalind',
  '/conversations?Rosalind=1',
  '/admin/queues/Rosalind',
])('logs the route and not the path, which may be personal: %s', async (path) => {
  await fetch(web.url + path, { headers: { Authorization: `Bearer ${web.token}` } });
  expect(requests()).toHaveLength(1);
  expect(lines.join()).not.toContain('Rosalind');
});

it('cannot be forged with a header', async () => {
  const headers = { 'X-Request-Id': '"}{"level":"fatal"' };
  await rawCall(web.url, { path: '/livez', headers });
  expect(lines).toHaveLength(1);
  expect(lines.join()).not.toContain('fatal');
});
