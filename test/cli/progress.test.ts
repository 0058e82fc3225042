import { describeProgress } from '../../src/cli/progress';
import { createFailed } from '../support/applications';
import { createCli } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);

describe('describeProgress', () => {
  it.each([
    [{ done: 1200, total: 5000, rate: 310 }, '1,200 of 5,000, 310/s, 13 s left'],
    [{ done: 1200, total: null, rate: 310.4 }, '1,200, 310/s'],
    [{ done: 3, total: 5, rate: 0.45 }, '3 of 5, 0.5/s, 5 s left'],
    [{ done: 100, total: 10_000, rate: 20 }, '100 of 10,000, 20/s, 9 min left'],
    [{ done: 0, total: 1_000_000, rate: 100 }, '0 of 1,000,000, 100/s, 2.8 h left'],
    [{ done: 1, total: 5000, rate: 0 }, '1 of 5,000'],
    [{ done: 5000, total: 5000, rate: 310 }, '5,000 of 5,000, 310/s, 0 s left'],
  ])('of %j is %j', (count, text) => {
    expect(describeProgress(count)).toBe(text);
  });
});

describe('conv replay', () => {
  const COUNT = 15;

  beforeEach(async () => {
    await clearTables(stores);
    await queue.bullmq.obliterate({ force: true });
    for (let n = 0; n < COUNT; n++) await createFailed(stores);
  });

  /** Takes longer than the second after which progress is shown. */
  const ARGS = ['replay', '--status', 'FAILED', '--yes', '--rate', '5/s'];

  it('shows count, rate and time left on a terminal', async () => {
    const { stderr } = await conv(ARGS, { stderrIsTerminal: true });
    expect(stderr).toMatch(/Kreplayed \d+ of 15, [\d.]+\/s, \d+ s left\r/);
  });

  it('shows with --wait how many have their outcome', async () => {
    const stop = await runWorker(stores, queue);
    const { stderr } = await conv([...ARGS, '--wait'], { stderrIsTerminal: true });
    await stop();
    expect(stderr).toMatch(/Kprocessed \d+ of 15, [\d.]+\/s, \d+ s left\r/);
  });

  it('shows no progress in a pipe', async () => {
    expect((await conv(ARGS)).stderr).toBe('replayed 15 applications\n');
  });
});
