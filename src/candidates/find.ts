import type { CandidateView } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { presentCandidate } from '../lib/present';
import { idRule } from '../lib/text';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/**
 * Returns a candidate with the data of the newest application received.
 * @throws ConvError NOT_FOUND, also while the first application waits in the queue; GONE after an erasure, until they apply again
 */
export async function findCandidate(database: Database, id: string): Promise<CandidateView> {
  const row = idRule(id) ? null : await withDatabaseErrors(() => database.candidates.findByPk(id));
  if (!row) throw new ConvError('NOT_FOUND', `there is no candidate ${JSON.stringify(id)}`);
  const candidate = presentCandidate(row);
  if (candidate) return candidate;
  const when = row.erasedAt?.toISOString() ?? '';
  throw new ConvError('GONE', `the personal data of candidate ${JSON.stringify(id)} was erased at ${when}`);
}

/** Returns when a candidate's personal data was erased, or null. */
export async function findErasure(database: Database, id: string): Promise<string | null> {
  const row = await withDatabaseErrors(() => database.candidates.findByPk(id));
  return row?.erasedAt?.toISOString() ?? null;
}

/** Returns the candidates with these ids, in one query. Erased ones are missing. */
export async function findCandidates(
  database: Database,
  ids: readonly string[],
): Promise<Map<string, CandidateView>> {
  const where = { id: [...new Set(ids)] };
  const rows = await withDatabaseErrors(() => database.candidates.findAll({ where }));
  const candidates = rows.map(presentCandidate).filter((candidate) => candidate !== null);
  return new Map(candidates.map((candidate) => [candidate.id, candidate]));
}
