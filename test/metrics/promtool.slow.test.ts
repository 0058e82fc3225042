import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { useDatabase } from '../support/database';
import { publishing, readMetrics } from '../support/metrics';
import { useQueue } from '../support/queue';
import { describeWith } from '../support/required-tool';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue, () => ({ metrics: publishing('web', queue) }));

/** Runs promtool in docs/monitoring. @throws Error with its output if it finds a fault */
const promtool = (args: readonly string[], input = '') =>
  execFileSync('promtool', args, { cwd: join(__dirname, '../../docs/monitoring'), input, encoding: 'utf8' });

describeWith({ command: 'promtool', package: 'prometheus' })('promtool', () => {
  it('accepts the alert rules', () => {
    expect(promtool(['check', 'rules', 'alerts.yml'])).toContain('SUCCESS');
  });

  it('finds that each alert fires when it is provoked, and none while all is well', () => {
    promtool(['test', 'rules', 'alerts.test.yml']);
  });

  it('finds no fault in the metrics of a running process', async () => {
    const text = await eventually(async () => {
      const found = await readMetrics(web);
      return found.includes('conv_http_requests_total{') && found;
    });
    expect(promtool(['check', 'metrics'], text)).toBe('');
  });
});
