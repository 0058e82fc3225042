import { dismissApplication } from '../../src/applications/dismiss';
import { startReplayRun } from '../../src/applications/replay-many';
import { addReplayed, findRun, saveRun } from '../../src/applications/replay-run';
import { selectByIds } from '../../src/applications/replay-selection';
import { findJob } from '../../src/queue/applications';
import { openSession, readLive, readPage, submitIn, type Fields, type Visit } from '../support/admin';
import { createFailed, createFailures } from '../support/applications';
import { useDatabase } from '../support/database';
import { refuseCandidate } from '../support/database-faults';
import { eventually } from '../support/eventually';
import { silentLog, useQueue } from '../support/queue';
import { drainQueue } from '../support/queue-jobs';
import { recordingLog } from '../support/recording-log';
import { tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const { log, lines } = recordingLog();
const web = useWeb(stores, queue, () => ({ log }));

let visit: Visit;
beforeAll(async () => {
  visit = await openSession(web, await tokenFor(stores, 'queues:admin', 'applications:write'));
});

const FAILED = '/admin/failed';
const groupPath = (reason: string) => `${FAILED}?${new URLSearchParams({ reason }).toString()}`;

const submit = (path: string, fields: Fields) => submitIn(web, visit, `${FAILED}/${path}`, fields);

/** Replays what the fields select, and returns the address of its page. */
async function replay(fields: Fields): Promise<string> {
  const response = await submit('replay', fields);
  expect(response.status).toBe(303);
  return response.headers.get('Location') ?? '';
}

/** Reads a page until it contains a text. */
const readUntil = (path: string, part: string) =>
  eventually(async () => {
    const text = await readPage(await visit(path));
    return text.includes(part) && text;
  });

const fail = (reason: string, count: number) => createFailures(stores, reason, count);
const isQueued = async (id: string) => (await findJob(queue.applications, id)) !== null;

describe('the page Failed', () => {
  it('says when there is nothing', async () => {
    expect(await readPage(await visit(FAILED))).toContain('No application is FAILED.');
  });

  it('groups applications by their error, without those that were dismissed', async () => {
    const [, , dismissed = ''] = await fail('the disk is full', 3);
    await fail('the disk is', 1);
    await dismissApplication(stores.database, dismissed, 'ops');
    const text = await readPage(await visit(FAILED));
    expect(text).toMatch(/3 applications FAILED.* the disk is full 2 \S+ \S+ .* the disk is 1 /);
  });

  it('lists the applications of one error', async () => {
    const ids = await fail('<b>odd</b> & "wrong"', 2);
    const [other = ''] = await fail('<b>odd</b>', 1);
    const text = await readPage(await visit(groupPath('<b>odd</b> & "wrong"')));
    expect(text).toContain('2 applications FAILED with this error');
    for (const id of ids) expect(text).toContain(id);
    expect(text).not.toContain(other);
  });

  it('says for which jobs they are, the most frequent first', async () => {
    const { applications } = stores.database;
    const moveTo = (id: string, jobId: string) => applications.update({ jobId }, { where: { id } });
    const [one = '', two = '', three = ''] = await fail('of jobs', 3);
    for (const id of [one, two, three]) await moveTo(id, 'nurse');
    const read = async () => readPage(await visit(groupPath('of jobs')));
    expect(await read()).toContain('All are for one job: nurse (3).');
    await moveTo(one, 'cook');
    expect(await read()).toContain('They are for 2 jobs: nurse (2), cook (1).');
  });

  it('pages through many, and names the five most frequent jobs', async () => {
    await fail('many', 51);
    const first = await visit(groupPath('many'));
    expect(await readPage(await visit(groupPath('many')))).toMatch(
      /They are for 51 jobs: (\S+ \(1\),? ){5}and others\./,
    );
    const next = /href="([^"]*cursor=[^"]*)"/.exec(await first.text())?.[1] ?? '';
    const second = await (await visit(next.replaceAll('&amp;', '&'))).text();
    expect(second.match(/type="checkbox"/g)).toHaveLength(1);
  });
});

describe('a replay', () => {
  it('of an error says how many, and then what became of them', async () => {
    const ids = await fail('a bad deploy', 3);
    const confirmation = await readPage(await submit('confirm', { reason: 'a bad deploy' }));
    expect(confirmation).toContain('Replay 3 applications?');
    const page = await replay({ reason: 'a bad deploy', count: '3' });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ action: 'replay', applications: 3 });
    expect(await readUntil(page, 'All are replayed')).toContain('Replayed 3 of 3');
    await drainQueue(stores, queue);
    expect(await readUntil(page, 'Done.')).toContain('ACCEPTED – 3');
    expect((await stores.database.applications.findByPk(ids[0] ?? ''))?.status).toBe('ACCEPTED');
  });

  it('of single ones leaves the others', async () => {
    const [one = '', two = '', three = ''] = await fail('single', 3);
    const fields = [
      ['id', one],
      ['id', two],
    ];
    expect(await readPage(await submit('confirm', fields))).toContain('Replay 2 applications?');
    const page = await replay([...fields, ['count', '2']]);
    expect(await readUntil(page, 'All are replayed')).toContain('Replayed 2 of 2');
    expect([await isQueued(one), await isQueued(two), await isQueued(three)]).toEqual([true, true, false]);
  });

  it('replays no more than was confirmed', async () => {
    await fail('grows', 3);
    const page = await replay({ reason: 'grows', count: '2' });
    expect(await readUntil(page, 'All are replayed')).toContain('Replayed 2 of 2');
  });

  it('counts what waits in the queue already as skipped', async () => {
    await fail('twice', 1);
    await readUntil(await replay({ reason: 'twice', count: '1' }), 'All are replayed');
    const again = await readUntil(await replay({ reason: 'twice', count: '1' }), 'Done.');
    expect(again).toContain('Replayed 0 of 1 Skipped 1');
  });

  it('that fails again is counted as FAILED', async () => {
    const { id, candidate_id } = await createFailed(stores, 'still broken');
    const removeFault = await refuseCandidate(stores.database.sequelize, candidate_id, { sqlState: '23514' });
    const page = await replay([
      ['id', id],
      ['count', '1'],
    ]);
    await readUntil(page, 'All are replayed');
    await drainQueue(stores, queue);
    await removeFault();
    expect(await readUntil(page, 'Done.')).toMatch(/FAILED the database refuses the data .* 1/);
  });

  it('streams its progress to its end', async () => {
    await fail('watched', 1);
    const page = await replay({ reason: 'watched', count: '1' });
    await readUntil(page, 'All are replayed');
    const drained = drainQueue(stores, queue);
    const seen: string[] = [];
    for await (const text of readLive(await visit(`${page}/stream`))) seen.push(text);
    expect(seen.at(-1)).toContain('ACCEPTED – 1');
    await drained;
  });

  it('stops with its process, and leaves the rest FAILED', async () => {
    const ids = await fail('stopped', 2);
    const { database } = stores;
    const { applications } = queue;
    const selection = await selectByIds(database, applications, ids);
    const chunks = (async function* () {
      yield await Promise.resolve(selection);
    })();
    const deps = { database, queue: applications, log: silentLog, stopping: AbortSignal.abort() };
    const run = await startReplayRun(deps, { chunks, total: 2, askedBy: 'ops', requestId: 'r' });
    const text = await readUntil(`${FAILED}/replays/${run}`, 'Stopped: its web process has ended');
    expect(text).toContain('Replayed 0 of 2');
    expect(await isQueued(ids[0] ?? '')).toBe(false);
  });

  it('whose process was killed counts as stopped', async () => {
    const run = { id: 'lost', asked_by: 'ops', started_at: new Date().toISOString(), total: 2, skipped: 0 };
    await saveRun(queue.applications, { ...run, state: 'RUNNING' });
    await addReplayed(queue.applications, run.id, []);
    expect((await findRun(queue.applications, run.id))?.state).toBe('RUNNING');
    const key = `${queue.prefix}:replay-run:${run.id}`;
    await queue.applications.connection.hset(key, { alive_at: Date.now() - 31_000 });
    expect(await findRun(queue.applications, run.id)).toMatchObject({
      state: 'STOPPED',
      error: 'its web process has ended',
    });
  });

  it('that is unknown is a page with status 404', async () => {
    for (const path of ['/replays/unknown', '/replays/unknown/stream'])
      expect((await visit(FAILED + path)).status).toBe(404);
  });
});
