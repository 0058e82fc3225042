import { moveConversation } from '../../src/conversations/move';
import { eraseCandidate } from '../../src/candidates/erase';
import { dismissApplication } from '../../src/applications/dismiss';
import { findJob } from '../../src/queue/applications';
import { openSession, readPage, shownTime, type Visit } from '../support/admin';
import { createConversation, createFailed, createRejected, processEvent } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { drainQueue, enqueue, failPermanently } from '../support/queue-jobs';
import { recordingLog } from '../support/recording-log';
import { basicAuth, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const { log, lines } = recordingLog();
const web = useWeb(stores, queue, () => ({ log }));

let visit: Visit;
beforeAll(async () => {
  visit = await openSession(web, await tokenFor(stores, 'queues:admin', 'applications:write'));
});

const path = (id: string) => `/admin/applications/${encodeURIComponent(id)}`;
const read = async (id: string) => readPage(await visit(path(id)));

describe('the page of an application', () => {
  it('that is REJECTED names the conversation that blocks it, and the command to copy', async () => {
    const { id, active } = await createRejected(stores);
    const text = await read(id);
    expect(text).toContain(`blocked by conversation ${active} (CREATED,`);
    expect(text).toContain(
      'ACTIVE_CONVERSATION the candidate has a conversation that is CREATED or ONGOING;',
    );
    expect(text).toContain(`conv replay ${id}`);
    expect(text).toContain('As long as that conversation is not COMPLETED, it is REJECTED again.');
    expect(text).toContain('Event application.rejected');
  });

  it('that is final offers no replay', async () => {
    const { id, candidate_id, job_id } = applicationEvent();
    await createConversation(stores, 'COMPLETED', { candidate_id, job_id });
    await processEvent(stores, { id, candidate_id, job_id });
    const text = await read(id);
    expect(text).toContain('this is final');
    expect(text).not.toContain('Replay');
  });

  it('that is ACCEPTED says how far its conversation is', async () => {
    const event = applicationEvent();
    const conversation = await createConversation(stores, 'CREATED', event);
    expect(await read(event.id)).toContain('the messaging process has not begun it');
    await moveConversation(stores.database, conversation, 'ONGOING');
    expect(await read(event.id)).toContain('Conversation moved: ONGOING');
  });

  it('that is FAILED shows its attempts and their error', async () => {
    const event = applicationEvent();
    await failPermanently(stores, queue, event);
    const text = await read(event.id);
    expect(text).toMatch(/attempt 1 failed: .+/);
    expect(text).toContain('once the cause is gone, run');
    expect(text).not.toContain('REJECTED again');
    const html = await (await visit(path(event.id))).text();
    expect(html).toContain('href="/admin/operations#applications-are-failed"');
  });

  it('that was dismissed says who did', async () => {
    const { id } = await createFailed(stores);
    await dismissApplication(stores.database, id, 'ops');
    expect(await read(id)).toContain('Dismissed by ops');
  });

  it('that waits says what it waits for', async () => {
    const event = applicationEvent();
    await enqueue(queue, event);
    expect(await read(event.id)).toContain('no worker is connected: start one');
  });

  it('that waits in a paused queue says so', async () => {
    const event = applicationEvent();
    await enqueue(queue, event);
    await queue.bullmq.pause();
    const text = await read(event.id);
    await queue.bullmq.resume();
    expect(text).toContain('the queue is paused since');
  });

  it('that does not exist is a page with status 404 and the words of the API', async () => {
    const response = await visit(path('unknown'));
    expect(response.status).toBe(404);
    expect(await readPage(response)).toContain('there is no application "unknown"');
  });
});

describe('a replay', () => {
  const replay = (session: Visit, id: string, headers: Record<string, string> = {}) =>
    session(`${path(id)}/replay`, {
      method: 'POST',
      headers: { Origin: web.url, 'Sec-Fetch-Site': 'same-origin', ...headers },
    });

  it('leads to the new state, and is logged with token and application', async () => {
    const { id } = await createRejected(stores);
    expect(await read(id)).toContain('Replay this application');
    const response = await replay(visit, id);
    const target = response.headers.get('Location') ?? '';
    expect([response.status, target]).toEqual([303, `${path(id)}?replayed=0`]);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ action: 'replay', application_id: id });
    const waiting = await visit(target);
    expect(waiting.headers.get('Refresh')).toBe(`2; url=${path(id)}?replayed=1`);
    const text = await readPage(waiting);
    expect(text).toContain('The replay was asked for');
    expect(text).toContain('Status QUEUED');
  });

  it('lets its page reload itself for a minute only, because that prolongs the login', async () => {
    const { id } = await createRejected(stores);
    await replay(visit, id);
    const last = await visit(`${path(id)}?replayed=30`);
    expect(last.headers.get('Refresh')).toBeNull();
    expect(await readPage(last)).toContain('The replay has no outcome yet. Reload the page later.');
    for (const odd of ['-Infinity', '-1', '0.5', ''])
      expect((await visit(`${path(id)}?replayed=${odd}`)).headers.get('Refresh')).toBeNull();
  });

  it('ends on its page, which then no longer reloads itself', async () => {
    const { id } = await createRejected(stores);
    const target = (await replay(visit, id)).headers.get('Location') ?? '';
    await drainQueue(stores, queue);
    const ended = await visit(target);
    expect(ended.headers.get('Refresh')).toBeNull();
    const text = await readPage(ended);
    expect(text).toContain('The replay has ended: REJECTED.');
    expect(text).toMatch(/process it a replay of the outcome of \S+ \S+ UTC , with request id \S+/);
    expect(text).not.toContain('in the log of web');
  });

  it('needs applications:write', async () => {
    const { id } = await createRejected(stores);
    const reader = await openSession(web, await tokenFor(stores, 'queues:admin'));
    expect(await readPage(await reader(path(id)))).toContain('a token that has the scope applications:write');
    const response = await replay(reader, id);
    expect(response.status).toBe(403);
    expect(await readPage(response)).toContain('lacks the scope applications:write');
    expect(await findJob(queue.applications, id)).toBeNull();
  });

  it('from another origin is refused', async () => {
    const { id } = await createRejected(stores);
    const headers = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await replay(visit, id, headers)).status).toBe(403);
    expect(await findJob(queue.applications, id)).toBeNull();
  });

  it('without a session is refused', async () => {
    const { id } = await createRejected(stores);
    const response = await fetch(`${web.url}${path(id)}/replay`, { method: 'POST', redirect: 'manual' });
    expect(response.status).toBe(401);
  });

  it('with a password but no origin is refused', async () => {
    const { id } = await createRejected(stores);
    const headers = basicAuth(await tokenFor(stores, 'queues:admin', 'applications:write'));
    const response = await fetch(`${web.url}${path(id)}/replay`, { method: 'POST', headers });
    expect([response.status, await findJob(queue.applications, id)]).toEqual([403, null]);
  });

  it('of an application that has its conversation is a page with status 409', async () => {
    const event = applicationEvent();
    await createConversation(stores, 'CREATED', event);
    const response = await replay(visit, event.id);
    expect(response.status).toBe(409);
    expect(await readPage(response)).toContain('is ACCEPTED: its conversation is');
  });
});

it('the page of an erased candidate says when, and keeps their applications', async () => {
  const event = applicationEvent();
  await processEvent(stores, event);
  const { erased_at } = await eraseCandidate(stores.database, queue.applications, event.candidate_id);
  const text = await readPage(await visit(`/admin/candidates/${event.candidate_id}`));
  expect(text).toContain(`Name erased at ${shownTime(erased_at ?? '')}`);
  expect(text).toContain(event.id);
  expect(await read(event.id)).toContain('Personal data erased');
});

it.each(['candidates', 'conversations'])('an unknown id of %s is a page with status 404', async (kind) => {
  const response = await visit(`/admin/${kind}/unknown`);
  expect(response.status).toBe(404);
  expect(await readPage(response)).toMatch(/there is no (candidate|conversation) "?unknown/);
});
