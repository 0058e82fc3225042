import { moveConversation } from '../../src/conversations/move';
import { connectDatabase, type Database } from '../../src/models/connect';
import type { ApplicationEvent } from '../../src/lib/domain';
import { processApplication } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { applicationEvent, jobData } from '../support/factories';

const stores = useDatabase();

const CANDIDATES = 3;
const EACH = 15;

/** Web and workers: each with connections of its own, and enough for all that a test delivers at once. */
let movers: Database;
let deciders: Database;
beforeAll(() => {
  [movers, deciders] = [
    connectDatabase(stores.url),
    connectDatabase(stores.url, { poolSize: CANDIDATES * EACH }),
  ];
  atEnd(() => Promise.all([movers.sequelize.close(), deciders.sequelize.close()]));
});

/** Deferred applications whose candidate has nothing that they could wait for. */
async function forgotten(): Promise<unknown[]> {
  const [rows] = await stores.database.sequelize.query(`
    SELECT id FROM applications AS waiting WHERE status = 'DEFERRED' AND NOT EXISTS (
      SELECT FROM conversations
      WHERE candidate_id = waiting.candidate_id AND status IN ('CREATED', 'ONGOING'))`);
  return rows;
}

const active = (candidateId: string) =>
  stores.database.conversations.findOne({ where: { candidateId, status: ['CREATED', 'ONGOING'] } });

const apply = (event: ApplicationEvent) => processApplication(deciders, jobData(event), 'defer');

const ROUNDS = 150;

it('processes every deferred application when completions and deliveries happen at once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { candidate_id } = applicationEvent();
    const event = () => applicationEvent({ candidate_id });
    const { conversation_id } = await apply(event());
    const deferred = event();
    if (round % 3 === 0) await apply(deferred);
    await moveConversation(movers, conversation_id ?? '', 'ONGOING');
    const [moved] = await Promise.all([
      moveConversation(movers, conversation_id ?? '', 'COMPLETED'),
      moveConversation(stores.database, conversation_id ?? '', 'COMPLETED'),
      apply(event()),
      ...(round % 2 === 0 ? [apply(event()), apply(event())] : []),
      ...(round % 3 === 0 ? [apply(deferred)] : []),
    ]);
    expect(moved.status).toBe('COMPLETED');
    expect(await forgotten()).toEqual([]);
    expect(await active(candidate_id)).not.toBeNull();
  }
});

it('accepts every application when all are delivered and completed as fast as possible', async () => {
  const candidates = Array.from({ length: CANDIDATES }, (_, n) => `candidate-${n}`);
  const events = candidates.flatMap((candidate_id) =>
    Array.from({ length: EACH }, () => applicationEvent({ candidate_id })),
  );
  let delivered = false;
  const completions = candidates.map(async (candidateId) => {
    for (;;) {
      const last = delivered;
      const current = await active(candidateId);
      if (!current && last) return;
      if (!current) continue;
      if (current.status === 'CREATED') await moveConversation(movers, current.id, 'ONGOING');
      await moveConversation(movers, current.id, 'COMPLETED');
    }
  });
  await Promise.all(events.map(apply));
  delivered = true;
  await Promise.all(completions);
  const rows = await stores.database.applications.findAll({ where: { id: events.map(({ id }) => id) } });
  expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['ACCEPTED']));
  const completed = { candidateId: candidates, status: 'COMPLETED' };
  expect(await stores.database.conversations.count({ where: completed })).toBe(events.length);
});
