import { QueryTypes, type Transaction } from 'sequelize';
import { processInTransaction, withProcessTransaction } from '../applications/process';
import { appendEvents } from '../events/append';
import type { ConversationStatus } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { presentConversation, type ConversationRecord } from '../lib/present';
import type { Database } from '../models/connect';
import { createSampleApplications, type SampleApplication, type StatusMix } from './sample-applications';

export interface SeedOptions {
  /** How many applications. */
  count: number;
  seed: number;
  mix?: StatusMix;
  /** Called with the number of applications processed so far. */
  progress?: (done: number) => void;
  /** Ends the work after the chunks that are being written. */
  signal?: AbortSignal;
}

export interface SeedResult {
  /** Conversations created by this run; those of an earlier run with the same seed are not counted. */
  created: number;
  rejected: number;
  /** Applications processed, also those that existed already; less than the count if the signal ended the work. */
  done: number;
}

type Counts = Omit<SeedResult, 'done'>;

const DEFAULT_MIX: StatusMix = { CREATED: 50, ONGOING: 30, COMPLETED: 20 };

/** Applications in one transaction; two run at a time, one for each core of a small machine. */
const CHUNK_SIZE = 1000;

const MOVE = `
UPDATE conversations SET status = $2, updated_at = $3 WHERE id = ANY ($1::uuid[])
RETURNING id, application_id AS "applicationId", candidate_id AS "candidateId", job_id AS "jobId", status,
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Moves conversations that this transaction has created, as moveConversation moves one; their candidates are locked already. */
async function moveCreated(
  database: Database,
  transaction: Transaction,
  conversations: readonly { id: string }[],
  to: ConversationStatus,
): Promise<void> {
  if (conversations.length === 0) return;
  const moved = await database.sequelize.query<ConversationRecord>(MOVE, {
    type: QueryTypes.SELECT,
    bind: [conversations.map(({ id }) => id), to, new Date()],
    transaction,
  });
  const events = moved.map((record) => presentConversation(record));
  await appendEvents(
    database,
    transaction,
    events.map((data) => ({ type: 'conversation.updated', data })),
  );
}

/** Processes sample applications and moves their conversations to the statuses that the mix chose. */
async function seedApplications(
  database: Database,
  transaction: Transaction,
  samples: readonly SampleApplication[],
): Promise<Counts> {
  const received_at = new Date().toISOString();
  const applications = samples.map(({ event }) => ({ event, received_at }));
  const results = await processInTransaction(database, transaction, applications, 'reject');
  const processed = results.flatMap((result, index) =>
    result instanceof ConvError ? [] : [{ ...result, status: samples[index]?.status }],
  );
  const created = processed.flatMap(({ isNew, outcome: { conversation_id }, status }) =>
    isNew && conversation_id !== null ? [{ id: conversation_id, status }] : [],
  );
  const ongoing = created.filter(({ status }) => status !== 'CREATED');
  await moveCreated(database, transaction, ongoing, 'ONGOING');
  const completed = ongoing.filter(({ status }) => status === 'COMPLETED');
  await moveCreated(database, transaction, completed, 'COMPLETED');
  const rejected = processed.filter(({ isNew, outcome }) => isNew && outcome.status === 'REJECTED').length;
  return { created: created.length, rejected };
}

/**
 * Seeds a chunk in one transaction. A second application comes after its candidate's first conversation has moved: it is accepted
 * if that is COMPLETED.
 */
function seedChunk(
  database: Database,
  from: number,
  { count, seed, mix = DEFAULT_MIX }: SeedOptions,
): Promise<Counts> {
  const samples = createSampleApplications(seed, from, Math.min(from + CHUNK_SIZE, count), mix);
  const [firsts, seconds] = [false, true].map((isSecond) =>
    samples.filter((one) => one.isSecond === isSecond),
  );
  return withProcessTransaction(database, async (transaction) => {
    const first = await seedApplications(database, transaction, firsts ?? []);
    const second = await seedApplications(database, transaction, seconds ?? []);
    return { created: first.created + second.created, rejected: first.rejected + second.rejected };
  });
}

/**
 * Creates realistic sample data with the function that workers use, so every rule holds and every change has its event. The same
 * seed and mix create the same data, and seeding again adds nothing. A chunk is one transaction, so an interruption leaves no
 * conversation without its status.
 */
export async function seedConversations(database: Database, options: SeedOptions): Promise<SeedResult> {
  const { count, progress, signal } = options;
  const result: SeedResult = { created: 0, rejected: 0, done: 0 };
  while (result.done < count && !signal?.aborted) {
    const starts = [result.done, result.done + CHUNK_SIZE].filter((from) => from < count);
    const chunks = await Promise.all(starts.map((from) => seedChunk(database, from, options)));
    for (const { created, rejected } of chunks) {
      result.created += created;
      result.rejected += rejected;
    }
    result.done = Math.min(result.done + chunks.length * CHUNK_SIZE, count);
    progress?.(result.done);
  }
  return result;
}
