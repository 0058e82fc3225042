import { createCli } from '../support/cli';
import { useDatabase } from '../support/database';
import { containing } from '../support/matchers';
import { useQueue } from '../support/queue';

const conv = createCli(useDatabase(), useQueue());

it('conv list --watch refuses -o json', async () => {
  const result = await conv(['list', '--watch', '-o', 'json']);
  expect(result).toMatchObject({ code: 2, stderr: containing('-o ndjson') });
});

it('conv list --watch refuses --all on a terminal', async () => {
  const result = await conv(['list', '--watch', '--all'], { stdoutIsTerminal: true });
  expect(result).toMatchObject({ code: 2, stderr: containing('leave out --all') });
});
