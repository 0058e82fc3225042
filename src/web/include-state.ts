import { findBlockingConversation } from '../applications/blocking-conversation';
import { findDismissal, type Dismissal } from '../applications/dismiss';
import { findReplayabilities } from '../applications/replayability';
import type { ApplicationView, ConversationView, Replayability } from '../lib/domain';
import type { WebDeps } from './context';

/** What `include` can add to one application. */
export const STATES = ['replay', 'dismissal', 'blocking_conversation'] as const;
type StateName = (typeof STATES)[number];

interface ApplicationState {
  replay?: Replayability;
  dismissal?: Dismissal | null;
  blocking_conversation?: ConversationView | null;
}

/** Returns the applications with what a replay would do with each. */
export async function includeReplays(
  { database, queue }: WebDeps,
  applications: readonly ApplicationView[],
): Promise<(ApplicationView & { replay: Replayability })[]> {
  const replays = await findReplayabilities(database, queue, applications);
  return applications.map((application, n) => ({ ...application, replay: replays[n] ?? 'POSSIBLE' }));
}

/** Returns the state of an application, as far as the request asks for it. */
export async function readState(
  deps: WebDeps,
  application: ApplicationView,
  include: readonly StateName[],
): Promise<ApplicationState> {
  const { database } = deps;
  const [{ replay } = { replay: undefined }] = include.includes('replay')
    ? await includeReplays(deps, [application])
    : [];
  return {
    ...(replay && { replay }),
    ...(include.includes('dismissal') && { dismissal: await findDismissal(database, application.id) }),
    ...(include.includes('blocking_conversation') && {
      blocking_conversation: await findBlockingConversation(database, application),
    }),
  };
}
