import { maskPerson } from '../../src/web/admin/people';
import { openSession, type Visit } from '../support/admin';
import { processEvent } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { having } from '../support/matchers';
import { useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';
import { recordingLog } from '../support/recording-log';
import { tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const { log, lines } = recordingLog();
const web = useWeb(stores, queue, () => ({ log }));

const person = { ...CANDIDATE, last_name: 'Quartermain', email_address: 'jane@quartermain.example' };
const event = applicationEvent({ candidate: person });
const other = applicationEvent({ candidate: person, candidate_id: event.candidate_id });
const waiting = applicationEvent({ candidate: person });
let pages: Record<string, string>;
let reader: Visit;
let supporter: Visit;
beforeAll(async () => {
  const { conversation_id } = await processEvent(stores, event);
  await processEvent(stores, other);
  await enqueue(queue, waiting);
  pages = {
    find: `/admin/find?${new URLSearchParams({ q: '+1 (415) 555-2671' }).toString()}`,
    candidate: `/admin/candidates/${event.candidate_id}`,
    'waiting candidate': `/admin/candidates/${waiting.candidate_id}`,
    application: `/admin/applications/${event.id}`,
    'waiting application': `/admin/applications/${waiting.id}`,
    conversation: `/admin/conversations/${conversation_id ?? ''}`,
  };
  reader = await openSession(web, await tokenFor(stores, 'queues:admin', 'candidates:read'));
  supporter = await openSession(web, await tokenFor(stores, 'queues:admin', 'applications:write'));
});

beforeEach(() => {
  lines.length = 0;
});

const readsLogged = () =>
  lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'personal data read');

describe.each([
  'find',
  'candidate',
  'waiting candidate',
  'application',
  'waiting application',
  'conversation',
])('%s', (page) => {
  it('masks personal data without candidates:read', async () => {
    const html = await (await supporter(pages[page] ?? '')).text();
    for (const value of [person.phone_number, person.last_name, person.email_address])
      expect(html).not.toContain(value);
    expect(html).toContain('+1•••••••2671');
    expect(html).toContain('Q…');
    expect(readsLogged()).toEqual([]);
  });

  it('shows it with candidates:read, and logs the read by token and candidate', async () => {
    const html = await (await reader(pages[page] ?? '')).text();
    expect(html).toContain(person.phone_number);
    const { candidate_id } = page.startsWith('waiting') ? waiting : event;
    const candidate_ids: unknown = expect.arrayContaining([candidate_id]);
    expect(readsLogged()).toEqual([having({ token: 'queues:admin candidates:read', candidate_ids })]);
    for (const value of Object.values(person)) expect(lines.join()).not.toContain(value);
  });
});

it.each([
  ['+14155552671', '+1•••••••2671'],
  ['+442071838750', '+44•••••••8750'],
  ['+35312345678', '+353•••••••5678'],
])('masks the phone number %s as %s', (phone_number, masked) => {
  expect(maskPerson({ ...CANDIDATE, phone_number }).phone_number).toBe(masked);
});

it('masks names and email addresses of any script', () => {
  const masked = maskPerson({ ...CANDIDATE, first_name: '😀x', last_name: 'Ёлкин', email_address: 'a@b.c' });
  expect(masked).toMatchObject({ first_name: '😀…', last_name: 'Ё…', email_address: 'a…@b…' });
});
