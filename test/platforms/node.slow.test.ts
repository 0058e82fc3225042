import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { complete } from './support/account';
import { measure } from './support/measure';
import { startPlatform, type Platform } from './support/platform';

const stores = useDatabase();
const queue = useQueue();

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform(stores, queue);
});
atEnd(() => platform.stop());

/** `.ci/node-versions` runs this test on others. */
const [major] = process.versions.node.split('.');

it('loses no application on PostgreSQL 17 with this release of Node', async () => {
  const name = `PostgreSQL 17, Node ${String(major)}`;
  const { load, result } = await measure({ platform: name, web: platform.web, database: stores.database });
  expect(result).toEqual(complete(load));
});
