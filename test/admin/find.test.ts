import { toJobId } from '../../src/queue/job-id';
import { openSession, readPage, type Visit } from '../support/admin';
import { createConversation, createRejected, processEvent } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { ODD_IDS } from '../support/ids';
import { useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';
import { tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

let visit: Visit;
beforeAll(async () => {
  visit = await openSession(web, await tokenFor(stores, 'queues:admin', 'candidates:read'));
});

const find = (text: string) => visit(`/admin/find?${new URLSearchParams({ q: text }).toString()}`);
const pageOf = (kind: string, id: string) => `/admin/${kind}/${encodeURIComponent(id)}`;

/** Returns where a search leads. */
async function target(text: string): Promise<string | null> {
  const response = await find(text);
  expect(response.status).toBe(303);
  return response.headers.get('Location');
}

it('is a box that says what can be found', async () => {
  expect(await readPage(await visit('/admin/find'))).toContain('a phone number in any form');
});

describe('one hit leads straight to its page', () => {
  const person = {
    phone_number: '+442071838750',
    first_name: 'Zoë',
    last_name: 'Quartermain',
    email_address: 'zoe@quartermain.example',
  };
  const event = applicationEvent({ candidate: person });
  let conversationId: string;
  beforeAll(async () => {
    conversationId = await createConversation(stores, 'CREATED', event);
  });

  it.each([
    ['its id', event.id],
    ['its id between spaces', `  ${event.id} `],
    ['the job', event.job_id],
    ['the queue job', toJobId(event.id)],
    ['the phone number in E.164', person.phone_number],
    ['the phone number as written', '+44 (20) 7183-8750'],
    ['the end of the phone number', '020 7183 8750'],
    ['the email address', 'ZOE@quartermain.example'],
    ['the name', 'quartermain z'],
  ])('by %s', async (_, text) => {
    expect(await target(text)).toBe(pageOf('applications', event.id));
  });

  it('by the id of its conversation', async () => {
    expect(await target(conversationId)).toBe(pageOf('conversations', conversationId));
  });

  it('by the id of its candidate', async () => {
    expect(await target(event.candidate_id)).toBe(pageOf('candidates', event.candidate_id));
  });

  it('by the id of an event, which is the id of its push', async () => {
    const created = await stores.database.events.findOne({ where: { applicationId: event.id } });
    expect(await target(created?.id ?? '')).toBe(pageOf('applications', event.id));
  });
});

it('finds an application that waits in the queue', async () => {
  const event = applicationEvent();
  await enqueue(queue, event);
  expect(await target(event.id)).toBe(pageOf('applications', event.id));
});

it('groups several applications by candidate', async () => {
  const job_id = 'job-of-two';
  const one = applicationEvent({ job_id, candidate: { ...CANDIDATE, first_name: 'Ada' } });
  const other = applicationEvent({ job_id, candidate: { ...CANDIDATE, first_name: 'Grace' } });
  for (const event of [one, other]) await processEvent(stores, event);
  const text = await readPage(await find(job_id));
  for (const { id, candidate_id } of [one, other]) {
    expect(text).toContain(`Candidate ${candidate_id}`);
    expect(text).toContain(`${id} ACCEPTED`);
  }
});

it('says when nothing is found', async () => {
  const response = await find('nobody@example.org');
  expect(response.status).toBe(200);
  expect(await readPage(response)).toContain('Nothing found for “nobody@example.org”.');
});

it.each([
  ['2671', 'an id, or the beginning of a name'],
  ['555 000 0001', 'the end of a phone number'],
  ['+44 20 7946 0000', 'a whole phone number'],
  ['nobody@example.org', 'a whole email address'],
])('says for what %j was taken, and which forms are understood', async (text, form) => {
  const page = await readPage(await find(text));
  expect(page).toContain(`It was taken for ${form}. Find understands:`);
  expect(page).toContain('A whole phone number in any form, or its last seven digits: +1 (415) 555-2671');
});

it('lists the applications for the job that an application links to, also a single one', async () => {
  const event = applicationEvent();
  await processEvent(stores, event);
  const html = await (await visit(pageOf('applications', event.id))).text();
  const link = /href="(\/admin\/applications\?job_id[^"]+)"/.exec(html)?.[1] ?? '';
  const response = await visit(link.replaceAll('&amp;', '&'));
  expect(response.status).toBe(200);
  expect(await readPage(response)).toContain(`${event.id} ACCEPTED`);
});

it('says when there are more applications for a job than it shows', async () => {
  const job_id = 'job-of-many';
  for (let n = 0; n <= 50; n++) await processEvent(stores, applicationEvent({ job_id }));
  expect(await readPage(await find(job_id))).toContain('only the newest 50 are shown');
});

it('refuses text that no store can hold', async () => {
  const response = await find('a\u0000b');
  expect(response.status).toBe(422);
  expect(await readPage(response)).toContain('must not contain control characters');
});

const HOSTILE_IDS = [
  ...ODD_IDS,
  ['a script', '<script>alert(1)</script>'],
  ['an attribute', '"><img src=x onerror=alert(1)>'],
  ['a closing title', '</title><script>alert(1)</script>'],
  ['a path', '../../admin/logout'],
  ['a link', 'javascript:alert(1)'],
] as const;

describe.each(HOSTILE_IDS)('an id with %s', (_, id) => {
  it('is found, and its pages show it as text', async () => {
    const candidate_id = Array.from(`c${id}`).slice(0, 255).join('');
    const { conversation_id } = await processEvent(stores, { id, candidate_id });
    expect(await target(id)).toBe(pageOf('applications', id));
    const paths = [
      pageOf('applications', id),
      pageOf('candidates', candidate_id),
      pageOf('conversations', conversation_id ?? ''),
    ];
    for (const path of paths) {
      const response = await visit(path);
      expect([path, response.status]).toEqual([path, 200]);
      const copy = response.clone();
      expect(await copy.text()).not.toMatch(/<script|<img|javascript:alert\(1\)"/);
      expect(await readPage(response)).toContain(id.trim().replaceAll(/\s+/g, ' '));
    }
  });
});

it('shows the conversation that blocks an application beside it', async () => {
  const { candidate_id, id } = await createRejected(stores);
  expect(await target(candidate_id)).toBe(pageOf('candidates', candidate_id));
  const text = await readPage(await visit(pageOf('candidates', candidate_id)));
  expect(text).toContain(`${id} REJECTED ACTIVE_CONVERSATION`);
});
