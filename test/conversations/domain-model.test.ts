import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { decide } from '../../src/conversations/decide';
import { moveConversation } from '../../src/conversations/move';
import { CONVERSATION_STATUSES, type ConversationStatus } from '../../src/domain';
import { ConvError } from '../../src/errors';
import { clear, useDatabase } from '../support/database';
import { apply, emptyModel, move, replay, type Model } from '../support/domain-model';
import { applicationEvent, delivery } from '../support/factories';

const stores = useDatabase();

const few = (name: string, count: number) => fc.nat(count - 1).map((n) => `${name}-${n}`);

/** What can happen, among so few candidates, jobs and ids that it collides all the time. */
const happening = fc.oneof(
  fc.record({
    kind: fc.constant('apply' as const),
    id: few('a', 8),
    candidate: few('c', 2),
    job: few('j', 3),
  }),
  fc.record({ kind: fc.constant('replay' as const), id: few('a', 8) }),
  fc.record({
    kind: fc.constant('move' as const),
    at: fc.nat(4),
    to: fc.constantFrom(...CONVERSATION_STATUSES),
  }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

const outcomeOf = ({ status, reason }: { status: string; reason: string | null }) => reason ?? status;

async function realReplay(id: string): Promise<string | undefined> {
  const row = await stores.database.applications.findByPk(id);
  if (!row) return undefined;
  const replaces = row.processedAt.toISOString();
  return outcomeOf(await decide(stores.database, delivery(row.payload, { replaces })));
}

async function realMove(application: string | undefined, to: ConversationStatus): Promise<string> {
  const row = application
    ? await stores.database.conversations.findOne({ where: { applicationId: application } })
    : null;
  try {
    return (await moveConversation(stores.database, row?.id ?? randomUUID(), to)).status;
  } catch (error) {
    if (error instanceof ConvError) return error.code;
    throw error;
  }
}

/** Lets it happen in the database and in the model, and gives both answers. */
async function both(model: Model, what: Happening): Promise<[real: unknown, expected: unknown]> {
  switch (what.kind) {
    case 'apply': {
      const { id, candidate, job } = what;
      const event = applicationEvent({ id, candidate_id: candidate, job_id: job });
      return [outcomeOf(await decide(stores.database, delivery(event))), apply(model, id, candidate, job)];
    }
    case 'replay':
      return [await realReplay(what.id), replay(model, what.id)];
    case 'move': {
      const application = model.conversations[what.at]?.application;
      return [await realMove(application, what.to), move(model, what.at, what.to)];
    }
  }
}

async function stored(): Promise<Pick<Model, 'conversations' | 'events'>> {
  const conversations = await stores.database.conversations.findAll({ order: ['id'] });
  const [events] = await stores.database.sequelize.query('SELECT type FROM events ORDER BY written');
  return {
    conversations: conversations.map(({ applicationId, candidateId, jobId, status }) => ({
      application: applicationId,
      candidate: candidateId,
      job: jobId,
      status,
    })),
    events: (events as { type: string }[]).map(({ type }) => type),
  };
}

it('answers, keeps and tells what the rules of the domain say, whatever happens in whatever order', async () => {
  const property = fc.asyncProperty(
    fc.array(happening, { minLength: 5, maxLength: 30 }),
    async (happenings) => {
      await clear(stores);
      const model = emptyModel();
      for (const what of happenings) {
        const [real, expected] = await both(model, what);
        expect([what, real]).toEqual([what, expected]);
      }
      expect(await stored()).toEqual({ conversations: model.conversations, events: model.events });
    },
  );
  await fc.assert(property, { numRuns: 60 });
});
