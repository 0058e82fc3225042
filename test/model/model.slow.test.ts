import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';
import { useWorker } from '../support/worker';
import { compareWithModel } from './run-model';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
useWorker(stores, queue);

it('answers and stores what the domain rules require for long sequences of commands', async () => {
  await compareWithModel({ stores, queue, web }, 'sequential', { runs: 120, maxCommands: 25 });
});

it('answers and stores what the domain rules allow for many commands at the same time', async () => {
  await compareWithModel({ stores, queue, web }, 'concurrent', { runs: 120, maxCommands: 12 });
});
