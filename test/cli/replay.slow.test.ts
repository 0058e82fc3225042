import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { splitLines, storesEnv } from '../support/cli';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { CANDIDATE } from '../support/factories';
import { like } from '../support/matchers';
import { runConv, startProcess, type RealProcess } from '../support/processes';
import { useQueue } from '../support/queue';

const COUNT = 5000;
const CONV = join(__dirname, '../../bin/conv');
const REPAIR = ['replay', '--status', 'FAILED', '--since', '1h', '--yes', '--wait', '-o', 'ids'];

const INTERRUPTED = like(/replayed [\d,]+ of [\d,]+: .*ACCEPTED.*; run the same command to continue/);

const stores = useDatabase();
const queue = useQueue();

let worker: RealProcess | undefined;
atEnd(() => worker?.stop() ?? Promise.resolve());

/** Stores failures as a bad deploy leaves them: the jobs are gone or failed, the payloads are stored. */
const FAIL = `
INSERT INTO applications (id, job_id, candidate_id, status, reason, payload, received_at, processed_at)
SELECT 'a' || n, 'job', 'c' || n, 'FAILED', 'no such column', json_build_object('id', 'a' || n, 'job_id', 'job',
  'candidate_id', 'c' || n, 'candidate', CAST($2 AS json)), now(), now() FROM generate_series(1, $1) AS n`;

/** Runs the repair and interrupts it after so many lines. */
async function interruptedRepair(afterLines: number): Promise<{ code: number | null; stderr: string }> {
  const env = { PATH: process.env['PATH'], ...storesEnv(stores, queue) };
  const child = spawn(process.execPath, [CONV, ...REPAIR], { env });
  let [stdout, stderr] = ['', ''];
  let interrupted = false;
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (interrupted || splitLines(stdout).length < afterLines) return;
    interrupted = true; // A second signal ends the process at once.
    child.kill('SIGINT');
  });
  await once(child, 'close');
  return { code: child.exitCode, stderr };
}

it('repairs 5,000 failures, though it is interrupted twice, each once', async () => {
  const { sequelize } = stores.database;
  await sequelize.query(FAIL, { bind: [COUNT, JSON.stringify(CANDIDATE)] });
  worker = await startProcess('worker', stores, queue);
  for (const afterLines of [50, 500]) {
    expect(await interruptedRepair(afterLines)).toMatchObject({ code: 130, stderr: INTERRUPTED });
  }
  const last = await runConv(REPAIR, storesEnv(stores, queue));
  expect(last).toMatchObject({ code: 0, stderr: like(/replayed [\d,]+ applications: [\d,]+ ACCEPTED\n$/) });
  const [[counts]] = await sequelize.query(`
    SELECT (SELECT count(*) FROM applications WHERE status = 'ACCEPTED')::integer AS accepted,
      (SELECT count(*) FROM conversations)::integer AS conversations,
      (SELECT count(*) FROM events WHERE type = 'conversation.created')::integer AS events`);
  expect(counts).toEqual({ accepted: COUNT, conversations: COUNT, events: COUNT });
});
