import { moveConversation } from '../../src/conversations/move';
import { getConversation } from '../../src/conversations/list';
import type { ConversationView } from '../../src/lib/domain';
import { newId } from '../../src/lib/ids';
import { parseCells, parseJson, splitLines, successOutput } from '../support/cli';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { having } from '../support/matchers';
import { useQueue } from '../support/queue';
import { onStoresOrHttp } from '../support/remote';

const stores = useDatabase();
const queue = useQueue();

onStoresOrHttp(stores, queue, (conv) => {
  describe('conv show', () => {
    it('shows the conversation, its candidate, its application and a timeline of its events', async () => {
      const event = applicationEvent();
      const id = await createConversation(stores, 'COMPLETED', event);
      const text = successOutput(await conv(['show', id]));
      for (const part of [
        id,
        'COMPLETED',
        event.job_id,
        event.candidate_id,
        event.id,
        ...Object.values(CANDIDATE),
      ])
        expect(text).toContain(part);
      const happened = text.split('\n').filter((line) => /^\d{4}-/.test(line));
      expect(happened.map((line) => line.slice(26))).toEqual([
        `application ${event.id} received`,
        'conversation.created, CREATED',
        'conversation.updated, ONGOING',
        'conversation.updated, COMPLETED',
      ]);
      expect(happened.map((line) => line.slice(0, 24))).toEqual(
        happened.map((line) => line.slice(0, 24)).sort(),
      );
    });

    it('prints one json object with the conversation and everything related', async () => {
      const event = applicationEvent();
      const id = await createConversation(stores, 'ONGOING', event);
      expect(parseJson(await conv(['show', id, '-o', 'json']))).toStrictEqual({
        ...(await getConversation(stores.database, id)),
        candidate: { id: event.candidate_id, ...CANDIDATE, erased_at: null },
        application: having({ id: event.id, status: 'ACCEPTED', conversation_id: id }),
        events: ['conversation.created', 'conversation.updated'].map((type) =>
          having({ type, data: having({ id }) }),
        ),
      });
    });

    it.each(['ndjson', 'ids', 'csv'])('prints one record as %s', async (format) => {
      const id = await createConversation(stores);
      const lines = splitLines(successOutput(await conv(['show', id, '-o', format])));
      expect(lines.at(-1)).toContain(id);
      expect(lines).toHaveLength(format === 'csv' ? 2 : 1);
    });
  });

  describe('conv move', () => {
    it('moves a conversation to its next status and prints it', async () => {
      const id = await createConversation(stores);
      for (const status of ['ONGOING', 'COMPLETED']) {
        const moved = parseJson<ConversationView>(await conv(['move', id, status, '-o', 'json']));
        expect(moved).toStrictEqual(await getConversation(stores.database, id));
        expect(moved.status).toBe(status);
      }
    });

    it('prints one field per line when piped', async () => {
      const id = await createConversation(stores);
      const cells = parseCells(successOutput(await conv(['move', id, 'ongoing'])));
      expect(cells[0]).toEqual(['id', id]);
      expect(cells).toContainEqual(['status', 'ONGOING']);
    });

    it('exits 0 if the conversation has the status already', async () => {
      const id = await createConversation(stores, 'ONGOING');
      expect((await conv(['move', id, 'ONGOING'])).code).toBe(0);
    });

    it('exits 1 for a move that skips a status, explains it, and changes nothing', async () => {
      const id = await createConversation(stores);
      const { code, stdout, stderr } = await conv(['move', id, 'COMPLETED']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^conv: .*CREATED.*ONGOING.*\n$/);
      expect((await getConversation(stores.database, id)).status).toBe('CREATED');
    });

    it('exits 1 for a completed conversation', async () => {
      const id = await createConversation(stores);
      for (const status of ['ONGOING', 'COMPLETED'] as const)
        await moveConversation(stores.database, id, status);
      expect((await conv(['move', id, 'ONGOING'])).code).toBe(1);
    });

    it.each([['CREATED'], ['ONGOING,COMPLETED']])('exits 2 for the status %j', async (status) => {
      const { code, stderr } = await conv(['move', newId().id, status]);
      expect(code).toBe(2);
      expect(stderr).toContain('Expected ONGOING or COMPLETED.');
    });

    it('exits 2 without a status', async () => {
      expect((await conv(['move', newId().id])).code).toBe(2);
    });
  });

  describe.each([['show'], ['move']])('conv %s', (command) => {
    const rest = command === 'move' ? ['ONGOING'] : [];

    it.each([newId().id, '-5', "' OR 1=1 --"])('exits 1 for the unknown id %j', async (id) => {
      const { code, stdout, stderr } = await conv([command, '--', id, ...rest]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^conv: .*conversation .*\n$/);
      expect(stderr).toContain(JSON.stringify(id));
    });

    it('exits 2 without an id', async () => {
      expect((await conv([command])).code).toBe(2);
    });
  });
});
