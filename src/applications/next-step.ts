import type { ApplicationView } from '../lib/domain';
import { needsNextStep, type NextStepFacts } from '../lib/next-step';
import type { Database } from '../models/connect';
import { findBlockingConversation } from './blocking-conversation';
import { findStoredObstacles } from './replayability';

/** Returns what decides what to do about an application; null if there is nothing to do. */
export async function findNextStepFacts(
  database: Database,
  application: ApplicationView,
): Promise<NextStepFacts | null> {
  if (!needsNextStep(application)) return null;
  const { id } = application;
  const obstacles = await findStoredObstacles(database, [id]);
  return {
    obstacle: obstacles.get(id) ?? null,
    blocking: await findBlockingConversation(database, application),
  };
}
