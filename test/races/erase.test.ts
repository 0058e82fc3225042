import { useDatabase } from '../support/database';
import { useFourWorkers } from '../support/four-workers';
import { useQueue } from '../support/queue';
import { eraseWhileProcessing } from './erase-while-processing';

const stores = useDatabase();
const queue = useQueue();
useFourWorkers(stores, queue);

it('leaves no personal data of candidates who are erased while workers process their applications', async () => {
  await eraseWhileProcessing(stores, queue, 8);
});
