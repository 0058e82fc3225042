import {
  addToSelection,
  emptySelection,
  listFilter,
  matchesReplayFilter,
  type ReplaySelection,
} from '../../../applications/replay-filter';
import type { ConvClient } from '../../../client/create-client';
import type { ApplicationWithState } from '../../../client/schema';
import { ConvError } from '../../../lib/errors';
import { MAX_LIMIT } from '../../../lists/page';
import type { ReplayBackend } from '../backend';
import { listRemoteApplications, readRemoteApplication, withoutState } from './applications';
import { callConv } from './call';

const AT_ONCE = 16;

function add(selection: ReplaySelection, answer: ApplicationWithState): void {
  addToSelection(selection, withoutState(answer), answer.replay ?? 'POSSIBLE');
}

async function findOrNull(client: ConvClient, id: string): Promise<ApplicationWithState | null> {
  try {
    return await readRemoteApplication(client, id, ['replay']);
  } catch (error) {
    if (error instanceof ConvError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/**
 * Replays in a conv elsewhere.
 * @param place where, as questions name it
 */
export function remoteReplays(client: ConvClient, place: string): ReplayBackend {
  return {
    place,
    async selectByFilter(filter) {
      const selection = emptySelection();
      const query = { ...listFilter(filter), order: 'asc', limit: MAX_LIMIT } as const;
      let cursor: string | undefined;
      do {
        const page = await listRemoteApplications(client, { ...query, cursor }, 'replay');
        for (const one of page.data) if (matchesReplayFilter(filter, one)) add(selection, one);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      return selection;
    },
    async selectByIds(ids) {
      const selection = { ...emptySelection(), missing: [] as string[] };
      const all = [...new Set(ids)];
      for (let start = 0; start < all.length; start += AT_ONCE) {
        const group = all.slice(start, start + AT_ONCE);
        const found = await Promise.all(group.map((id) => findOrNull(client, id)));
        found.forEach((one, n) => {
          if (one) add(selection, one);
          else selection.missing.push(group[n] ?? '');
        });
      }
      return selection;
    },
    replay: (id) => callConv(client.POST('/applications/{id}/replay', { params: { path: { id } } })),
    find: async (id) => withoutState(await readRemoteApplication(client, id)),
  };
}
