import {
  ConvApiError,
  createClient,
  followEvents,
  type FeedEvent,
  type FollowOptions,
} from '../../src/client';
import { createRejected } from '../support/applications';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { insertEvents } from '../support/feed';
import { useQueue } from '../support/queue';
import { tokenFor } from '../support/web';
import { useWatchedWeb } from '../support/watched-web';

const stores = useDatabase();
const queue = useQueue();
const web = useWatchedWeb(stores, queue);

/** Follows the feed until it has handled `count` events, and returns their ids. */
async function follow(
  count: number,
  options: Omit<FollowOptions<FeedEvent['type']>, 'signal'>,
): Promise<string[]> {
  const end = new AbortController();
  const ids: string[] = [];
  for await (const { id } of followEvents(createClient(web), { ...options, signal: end.signal })) {
    ids.push(id);
    if (ids.length === count) end.abort();
  }
  return ids;
}

async function rejection(options: { token?: string; after?: string }): Promise<unknown> {
  const client = createClient({ url: web.url, token: options.token ?? web.token });
  const feed = followEvents(client, { after: options.after ?? null });
  return feed[Symbol.asyncIterator]()
    .next()
    .catch((error: unknown) => error);
}

describe('followEvents', () => {
  it('yields the events after the cursor, over more than one page', async () => {
    const [first = '', ...others] = await insertEvents(stores.database, 250);
    expect(await follow(249, { after: first })).toEqual(others);
  });

  it('yields events that are written while it waits', async () => {
    const ids = follow(2, { after: null });
    await eventually(() => web.hub.waiting() > 0);
    const written = await insertEvents(stores.database, 2);
    expect(await ids).toEqual(written);
  });

  it('yields only the types that are asked for', async () => {
    await createRejected(stores);
    const end = new AbortController();
    const options = { after: null, types: ['application.rejected'], signal: end.signal } as const;
    for await (const event of followEvents(createClient(web), options)) {
      expect(event.data.status).toBe('REJECTED');
      end.abort();
    }
  });

  it('begins with the events after it has started, with after=latest', async () => {
    await insertEvents(stores.database, 3);
    const end = new AbortController();
    const feed = followEvents(createClient(web), { after: 'latest', signal: end.signal });
    await feed.started;
    const [next] = await insertEvents(stores.database, 1);
    for await (const { id } of feed) {
      expect(id).toBe(next);
      end.abort();
    }
  });

  it('saves where it begins with after=latest, before there is an event', async () => {
    const [newest] = await insertEvents(stores.database, 1);
    const saved: string[] = [];
    const end = new AbortController();
    const feed = followEvents(createClient(web), {
      after: 'latest',
      signal: end.signal,
      saveCursor: (cursor) => saved.push(cursor),
    });
    const ended = feed[Symbol.asyncIterator]().next();
    await eventually(() => web.hub.waiting() > 0);
    end.abort();
    expect(await ended).toEqual({ value: undefined, done: true });
    expect(saved).toEqual([newest]);
  });

  it('saves the cursor of an event after the loop has handled it', async () => {
    const ids = await insertEvents(stores.database, 2);
    const steps: string[] = [];
    const end = new AbortController();
    const saveCursor = (cursor: string) => steps.push(`saved ${ids.indexOf(cursor)}`);
    const feed = followEvents(createClient(web), { after: null, signal: end.signal, saveCursor });
    for await (const { id } of feed) {
      steps.push(`handled ${ids.indexOf(id)}`);
      if (id === ids[1]) end.abort();
    }
    expect(steps).toEqual(['handled 0', 'saved 0', 'handled 1', 'saved 1']);
    expect(feed.cursor()).toBe(ids[1]);
  });

  it('yields every event once over three restarts with the saved cursor', async () => {
    const written = await insertEvents(stores.database, 16);
    let after: string | null = null;
    const saveCursor = (cursor: string) => (after = cursor);
    const read: string[] = [];
    for (let run = 0; run < 4; run++) read.push(...(await follow(4, { after, saveCursor })));
    expect(read).toEqual(written);
  });

  it('leaves the cursor before an event whose handling failed', async () => {
    const ids = await insertEvents(stores.database, 2);
    const feed = followEvents(createClient(web), { after: null });
    const handling = async () => {
      for await (const { id } of feed) if (id === ids[1]) throw new Error('no space left');
    };
    await expect(handling()).rejects.toThrow('no space left');
    expect(feed.cursor()).toBe(ids[0]);
  });

  it('moves the cursor past events of other types', async () => {
    await insertEvents(stores.database, 1, { type: 'application.rejected' });
    const [other] = await insertEvents(stores.database, 1);
    const end = new AbortController();
    const options = { after: null, types: ['application.rejected'], signal: end.signal } as const;
    const feed = followEvents(createClient(web), options);
    for await (const { type } of feed) {
      expect(type).toBe('application.rejected');
      end.abort();
    }
    expect(feed.cursor()).toBe(other);
  });

  it('throws the error of a cursor that conv does not know', async () => {
    expect(await rejection({ after: '01a22209-2646-718d-b0fa-d8490ac2a033' })).toMatchObject({
      status: 410,
      type: 'urn:conv:problem:gone',
      detail: expect.stringContaining('read again from the beginning') as unknown,
    });
  });

  it('throws the error of a cursor that is none', async () => {
    expect(await rejection({ after: 'yesterday' })).toMatchObject({ status: 422 });
  });

  it('throws the error of a token that is unknown', async () => {
    expect(await rejection({ token: 'conv_unknown' })).toBeInstanceOf(ConvApiError);
  });

  it('throws the error of a token without the scope', async () => {
    expect(await rejection({ token: await tokenFor(stores, 'applications:write') })).toMatchObject({
      status: 403,
    });
  });
});
