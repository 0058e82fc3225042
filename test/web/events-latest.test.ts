import { moveConversation } from '../../src/conversations/move';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { getEvents, readPage } from '../support/feed';
import { faults, problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { useWatchedWeb } from '../support/watched-web';

const stores = useDatabase();
const queue = useQueue();
const web = useWatchedWeb(stores, queue);

const page = async (query: string) => readPage(await getEvents(web, query));

it('returns no event, and the cursor after everything committed before', async () => {
  await createConversation(stores);
  const { data, next_cursor } = await page('?after=latest');
  expect(data).toEqual([]);
  expect(next_cursor).toBe((await page('')).next_cursor);
});

it('returns no cursor for an empty feed', async () => {
  expect(await page('?after=latest')).toEqual({ data: [], next_cursor: null });
});

it('continues with later events only', async () => {
  const id = await createConversation(stores);
  const { next_cursor } = await page('?after=latest');
  await moveConversation(stores.database, id, 'ONGOING');
  const { data } = await eventually(async () => {
    const found = await page(`?after=${next_cursor ?? ''}`);
    return found.data.length > 0 && found;
  });
  expect(data.map(({ type }) => type)).toEqual(['conversation.updated']);
});

it('waits for the next event with wait', async () => {
  const id = await createConversation(stores);
  const waiting = page('?after=latest&wait=30');
  await eventually(() => web.hub.waiting() === 1);
  await moveConversation(stores.database, id, 'ONGOING');
  expect((await waiting).data.map(({ type }) => type)).toEqual(['conversation.updated']);
});

it('names the end in the first lines of a stream, so that a stream that breaks before its first event continues there', async () => {
  await createConversation(stores);
  const { next_cursor } = await page('?after=latest');
  const headers = { Authorization: `Bearer ${web.token}`, Accept: 'text/event-stream' };
  const { body } = await fetch(`${web.url}/events?after=latest`, { headers });
  for await (const chunk of body ?? []) {
    expect(Buffer.from(chunk as Uint8Array).toString()).toBe(`retry: 1000\nid: ${next_cursor ?? ''}\n\n`);
    break;
  }
});

it.each(['newest', 'LATEST', 'latest1'])('refuses another word: %s', async (word) => {
  const response = await getEvents(web, `?after=${word}`);
  expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual(['/after INVALID_CURSOR']);
});
