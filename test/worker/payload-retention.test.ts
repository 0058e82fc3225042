import { startPayloadRetention } from '../../src/worker/payload-retention';
import { processApplication } from '../support/applications';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent, jobData } from '../support/factories';
import { recordingLog } from '../support/recording-log';

const stores = useDatabase();

it('removes old payloads at the start of a worker and logs how many', async () => {
  const received_at = new Date(Date.now() - 31 * 86_400_000).toISOString();
  for (let n = 0; n < 3; n++)
    await processApplication(stores.database, jobData(applicationEvent(), { received_at }));
  const { log, lines } = recordingLog();
  const task = startPayloadRetention(stores.database, 30, log);
  await eventually(() => lines.length > 0);
  await task.close();
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { removed: 3, msg: 'payloads of old applications removed' },
  ]);
});
