import { useDatabase } from '../support/database';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();

it.each(['web', 'worker'] as const)(
  'a %s stops although nobody reads its log any more',
  async (name) => {
    const running = await startProcess(name, stores, queue);
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    expect(await running.stop()).toBe(0);
  },
  60_000,
);
