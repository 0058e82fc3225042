import { withDeadline } from '../../src/lib/shutdown';
import { connectDatabase } from '../../src/models/connect';
import { createBatchProcessor } from '../../src/worker/batch-processor';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent, jobData } from '../support/factories';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { lockTable } from '../support/table-lock';
import { tokenFor } from '../support/web';

const SMALLEST = 3;

const stores = useDatabase();
const queue = useQueue();

async function countConnections(applicationName: string): Promise<number> {
  const [rows] = await stores.database.sequelize.query(
    'SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $applicationName',
    { bind: { applicationName } },
  );
  return rows.length;
}

it('leaves two of three connections to batches while single applications wait for a lock', async () => {
  const database = connectDatabase(stores.url, { poolSize: SMALLEST, applicationName: 'alone' });
  const release = await lockTable(stores);
  const processor = createBatchProcessor(database, 'reject');
  const alone = [1, 2].map(() => processor.processAlone(jobData(applicationEvent())).catch(() => null));
  const settled = Promise.all(alone);
  let most = 0;
  await eventually(async () => {
    most = Math.max(most, await countConnections('alone'));
    return withDeadline(settled, 25);
  });
  await release();
  await database.sequelize.close();
  expect(most).toBe(1);
});

it('opens no more connections than DATABASE_POOL_SIZE', async () => {
  const web = await startProcess('web', stores, queue, { DATABASE_POOL_SIZE: `${SMALLEST}` });
  const headers = { Authorization: `Bearer ${await tokenFor(stores, 'conversations:read')}` };
  const read = () => fetch(`${web.url}/conversations`, { headers }).then((response) => response.text());
  await Promise.all(Array.from({ length: 50 }, read));
  const connections = await countConnections('conv web');
  await web.stop();
  expect(connections).toBe(SMALLEST);
});
