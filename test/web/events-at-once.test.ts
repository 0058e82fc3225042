import type { FeedEvent } from '../../src/lib/domain';
import { moveConversation } from '../../src/conversations/move';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { useQueue } from '../support/queue';
import { call, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

it('returns an event to the first pull after its transaction', async () => {
  for (let round = 0; round < 20; round++) {
    const id = await createConversation(stores);
    await moveConversation(stores.database, id, 'ONGOING');
    const response = await call(web, 'GET', '/events?limit=200');
    const { data } = (await response.json()) as { data: FeedEvent[] };
    expect(data.at(-1)).toMatchObject({ type: 'conversation.updated', data: { id } });
  }
});
