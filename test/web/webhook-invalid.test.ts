import type { ApplicationEvent } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { faults, problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, post, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

/** The problems of a refused event as `pointer CODE`. Every invalid value is tested in application-event.test.ts. */
async function problems(event: unknown): Promise<string[]> {
  return faults(await problemOf(await post(web, event), 422, 'INVALID'));
}

const withCandidate = (overrides: object) => applicationEvent({ candidate: { ...CANDIDATE, ...overrides } });

it('reports every problem at once: where, a code and a sentence', async () => {
  const event = {
    id: '..',
    job_id: 7,
    candidate_id: '\ud83d',
    candidate: { phone_number: '+1234567890', first_name: ' ', email_address: 'jane' },
  };
  expect(await problems(event)).toEqual([
    '/candidate/email_address INVALID_EMAIL',
    '/candidate/first_name BLANK',
    '/candidate/last_name REQUIRED',
    '/candidate/phone_number TOO_SHORT',
    '/candidate_id UNSTORABLE_CHARACTER',
    '/id RESERVED_ID',
    '/job_id NOT_TEXT',
  ]);
});

it('names each field in the detail too, for clients that show one line', async () => {
  const response = await post(web, { ...applicationEvent(), id: 1, job_id: 2 });
  const { detail } = await problemOf(response, 422, 'INVALID');
  expect(detail.split('; ').sort()).toEqual(['/id: must be a JSON string', '/job_id: must be a JSON string']);
});

it.each(['id', 'job_id', 'candidate_id'])('refuses "." and ".." as %s', async (name) => {
  for (const id of ['.', '..'])
    expect(await problems({ ...applicationEvent(), [name]: id })).toEqual([`/${name} RESERVED_ID`]);
});

it('accepts the longest names and ids, of any script', async () => {
  const name = ` ${'🎉'.repeat(200)} `;
  const event = { ...withCandidate({ first_name: name, last_name: 'عبد الله' }), id: '🎉'.repeat(255) };
  expect((await post(web, event)).status).toBe(202);
});

it('queues no application that it refuses', async () => {
  const event: ApplicationEvent = withCandidate({ phone_number: '+1' });
  await problems(event);
  await problemOf(await call(web, 'GET', `/applications/${event.id}`), 404, 'NOT_FOUND');
});

it('repeats no personal data in its response', async () => {
  const event = withCandidate({ phone_number: '+1555000', first_name: '', email_address: 'rosalind@' });
  const response = await post(web, event);
  expect(response.status).toBe(422);
  expect(await response.text()).not.toMatch(/1555000|rosalind|Doe/);
});
