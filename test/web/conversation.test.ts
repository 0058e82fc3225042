import { randomUUID } from 'node:crypto';
import type { ConversationView } from '../../src/lib/domain';
import { newId } from '../../src/lib/ids';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { faults, problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

async function read(id: string): Promise<ConversationView> {
  const response = await call(web, 'GET', `/conversations/${id}`);
  expect(response.status).toBe(200);
  return (await response.json()) as ConversationView;
}

const patch = (id: string, body: unknown) => call(web, 'PATCH', `/conversations/${id}`, body);

const UNKNOWN = [
  'x',
  '1',
  '-5',
  'null',
  newId().id,
  randomUUID(),
  `${randomUUID()}x`,
  "'; DROP TABLE conversations; --",
  'é🎉',
];

describe('GET', () => {
  it('returns one conversation', async () => {
    const id = await createConversation(stores);
    expect(await read(id)).toMatchObject({ id, status: 'CREATED' });
  });

  it('accepts an id in capital letters', async () => {
    const id = await createConversation(stores);
    expect((await read(id.toUpperCase())).id).toBe(id);
  });

  it.each(UNKNOWN)('is 404 for an unknown id: %s', async (id) => {
    await problemOf(await call(web, 'GET', `/conversations/${encodeURIComponent(id)}`), 404, 'NOT_FOUND');
  });
});

describe('PATCH', () => {
  it('moves CREATED to ONGOING and ONGOING to COMPLETED', async () => {
    const id = await createConversation(stores);
    for (const status of ['ONGOING', 'COMPLETED']) {
      const response = await patch(id, { status });
      expect(response.status).toBe(200);
      expect(await response.json()).toStrictEqual(await read(id));
      expect((await read(id)).status).toBe(status);
    }
  });

  it('changes only the status and updated_at', async () => {
    const id = await createConversation(stores);
    const before = await read(id);
    await patch(id, { status: 'ONGOING' });
    const after = await read(id);
    expect(after).toStrictEqual({ ...before, status: 'ONGOING', updated_at: after.updated_at });
    expect(after.updated_at >= before.updated_at).toBe(true);
  });

  it.each(['CREATED', 'ONGOING', 'COMPLETED'] as const)(
    'to the present status is 200 and changes nothing: %s',
    async (status) => {
      const id = await createConversation(stores, status);
      const before = await read(id);
      const response = await patch(id, { status });
      expect(response.status).toBe(200);
      expect(await response.json()).toStrictEqual(before);
    },
  );

  it.each([
    ['CREATED', 'COMPLETED'],
    ['ONGOING', 'CREATED'],
    ['COMPLETED', 'ONGOING'],
    ['COMPLETED', 'CREATED'],
  ] as const)('from %s to %s is 409 and changes nothing', async (from, to) => {
    const id = await createConversation(stores, from);
    const before = await read(id);
    const { detail } = await problemOf(await patch(id, { status: to }), 409, 'CONFLICT');
    expect(detail).toContain(from);
    expect(await read(id)).toStrictEqual(before);
  });

  it.each(UNKNOWN)('is 404 for an unknown id: %s', async (id) => {
    await problemOf(await patch(encodeURIComponent(id), { status: 'ONGOING' }), 404, 'NOT_FOUND');
  });

  it.each([
    [{ status: 'DONE' }, ['/status UNKNOWN_VALUE']],
    [{ status: 'ongoing' }, ['/status UNKNOWN_VALUE']],
    [{ status: 1 }, ['/status UNKNOWN_VALUE']],
    [{ status: ['ONGOING'] }, ['/status UNKNOWN_VALUE']],
    [{}, ['/status REQUIRED']],
    [{ status: 'ONGOING', job_id: 'x' }, ['/job_id UNKNOWN_FIELD']],
    [{ status: 'DONE', a: 1, b: 2 }, ['/a UNKNOWN_FIELD', '/b UNKNOWN_FIELD', '/status UNKNOWN_VALUE']],
    [{ status: null }, ['/status REQUIRED']],
    [null, [' NOT_AN_OBJECT']],
    ['ONGOING', [' NOT_AN_OBJECT']],
    [['ONGOING'], [' NOT_AN_OBJECT']],
    [1, [' NOT_AN_OBJECT']],
  ])('with %j is 422 and changes nothing', async (body, expected) => {
    const id = await createConversation(stores);
    expect(faults(await problemOf(await patch(id, body), 422, 'INVALID'))).toEqual(expected);
    expect((await read(id)).status).toBe('CREATED');
  });

  it('names the wrong status and the right ones', async () => {
    const response = await patch(await createConversation(stores), { status: 'foo' });
    const { detail } = await problemOf(response, 422, 'INVALID');
    expect(detail).toBe('/status: invalid value "foo": expected CREATED, ONGOING or COMPLETED');
  });

  it('with malformed JSON is 400', async () => {
    const headers = { Authorization: `Bearer ${web.token}`, 'Content-Type': 'application/json' };
    const url = `${web.url}/conversations/${await createConversation(stores)}`;
    for (const body of ['', '{', '{"status":"ONGOING"', Buffer.from([0x22, 0xff, 0x22])])
      await problemOf(await fetch(url, { method: 'PATCH', headers, body }), 400, 'MALFORMED');
  });

  it('with another content type is 415', async () => {
    const headers = { Authorization: `Bearer ${web.token}`, 'Content-Type': 'text/plain' };
    const url = `${web.url}/conversations/${await createConversation(stores)}`;
    const response = await fetch(url, { method: 'PATCH', headers, body: '{"status":"ONGOING"}' });
    await problemOf(response, 415, 'NOT_JSON');
  });

  it('with more than 64 KiB is 413', async () => {
    const body = { status: 'ONGOING', filler: 'x'.repeat(65_536) };
    await problemOf(await patch(await createConversation(stores), body), 413, 'TOO_LARGE');
  });

  it('to COMPLETED lets the candidate have another conversation', async () => {
    const candidate_id = `candidate-${randomUUID()}`;
    const id = await createConversation(stores, 'ONGOING', { candidate_id });
    await expect(createConversation(stores, 'CREATED', { candidate_id })).rejects.toThrow('rejected');
    await patch(id, { status: 'COMPLETED' });
    expect((await read(await createConversation(stores, 'CREATED', { candidate_id }))).candidate_id).toBe(
      candidate_id,
    );
  });
});
