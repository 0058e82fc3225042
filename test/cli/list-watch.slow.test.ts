import { moveConversation } from '../../src/conversations/move';
import type { ConversationView } from '../../src/lib/domain';
import { createConversation } from '../support/applications';
import { startConv } from '../support/conv-process';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { forwardTo } from '../support/proxy';

const stores = useDatabase();

/** Starts `conv list --watch`, which prints into a pipe. */
const watch = (args: readonly string[], url = stores.url) =>
  startConv(['list', '--watch', ...args], { DATABASE_URL: url });

it('prints the list, oldest first, and then each new and each changed conversation', async () => {
  const old = [await createConversation(stores), await createConversation(stores, 'ONGOING')];
  const watching = watch(['-o', 'ndjson']);
  await eventually(() => watching.lines().length === 2);
  const added = await createConversation(stores);
  await eventually(() => watching.lines().length === 3);
  await moveConversation(stores.database, old[0] ?? '', 'ONGOING');
  await eventually(() => watching.lines().length === 4);
  const rows = watching.lines().map((line) => JSON.parse(line) as ConversationView);
  expect(rows.map(({ id, status }) => [id, status])).toEqual([
    [old[0], 'CREATED'],
    [old[1], 'ONGOING'],
    [added, 'CREATED'],
    [old[0], 'ONGOING'],
  ]);
  await watching.stop();
});

it('prints one heading as csv', async () => {
  const watching = watch(['-o', 'csv', '--columns', 'id,status', '--limit', '1']);
  await eventually(() => watching.lines().length === 2);
  const id = await createConversation(stores);
  await eventually(() => watching.lines().length === 3);
  expect([watching.lines()[0], watching.lines()[2]]).toEqual(['id,status', `${id},CREATED`]);
  await watching.stop();
});

it('prints only conversations that match the filters', async () => {
  const watching = watch(['--job', 'job-w', '--status', 'ONGOING,COMPLETED', '-o', 'ids']);
  const other = startConv(['list', '--watch', '-o', 'ids'], { DATABASE_URL: stores.url });
  await eventually(() => other.lines().length > 0);
  const elsewhere = await createConversation(stores, 'ONGOING');
  const id = await createConversation(stores, 'ONGOING', { job_id: 'job-w' });
  await eventually(() => other.lines().includes(elsewhere) && watching.lines().length > 0);
  expect(watching.lines()).toEqual([id]);
  await Promise.all([watching.stop(), other.stop()]);
});

it('prints a change during an outage of PostgreSQL once it is back', async () => {
  const proxy = await forwardTo(stores.url);
  const watching = watch(['--job', 'job-o', '-o', 'ids'], proxy.through(stores.url));
  const first = await createConversation(stores, 'CREATED', { job_id: 'job-o' });
  await eventually(() => watching.lines().length === 1);
  proxy.cut();
  await eventually(() => watching.stderr() === 'conv: PostgreSQL cannot be reached; trying again\n');
  const second = await createConversation(stores, 'CREATED', { job_id: 'job-o' });
  proxy.restore();
  await eventually(() => watching.lines().length === 2);
  expect(watching.lines()).toEqual([first, second]);
  await watching.stop();
});

it('ends with Ctrl-C', async () => {
  const watching = watch(['-o', 'ids']);
  await eventually(() => watching.lines().length > 0);
  expect(await watching.stop('SIGINT')).toBe('SIGINT');
});
