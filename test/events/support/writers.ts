import { setTimeout as wait } from 'node:timers/promises';
import type { Transaction } from 'sequelize';
import type { ApplicationView } from '../../../src/lib/domain';
import { appendEvents } from '../../../src/events/append';
import type { Database } from '../../../src/models/connect';

class Rollback extends Error {}

function application(id: string): ApplicationView {
  const at = new Date().toISOString();
  const ids = { id, job_id: 'job', candidate_id: 'candidate', conversation_id: null };
  return { ...ids, status: 'REJECTED', reason: 'ACTIVE_CONVERSATION', received_at: at, processed_at: at };
}

/** Records an event, as a verb does, about an application of this name. */
export function write(database: Database, transaction: Transaction, name: string): Promise<void> {
  return appendEvents(database, transaction, [{ type: 'application.rejected', data: application(name) }]);
}

interface Writing {
  transactions: number;
  /** The longest that a transaction stays open, at random points between its inserts. */
  longestMs: number;
  random: () => number;
}

/**
 * One writer: transactions of one to four events, one after the other, of which every seventh or so rolls back.
 * @returns the applications whose events were committed
 */
export async function writer(database: Database, name: string, how: Writing): Promise<string[]> {
  const { transactions, longestMs, random } = how;
  const committed: string[] = [];
  for (let n = 0; n < transactions; n++) {
    const names = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) => `${name}-${n}-${index}`);
    // Most are short, some very long: what began early and commits late is what naive readers skip.
    const length = longestMs * random() ** 3;
    const fails = random() < 0.15;
    try {
      await database.sequelize.transaction(async (transaction) => {
        for (const one of names) {
          await write(database, transaction, one);
          await wait(length / names.length);
        }
        if (fails) throw new Rollback();
      });
      committed.push(...names);
    } catch (error) {
      if (!(error instanceof Rollback)) throw error;
    }
  }
  return committed;
}
