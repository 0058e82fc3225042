import { testUrls } from '../support/env';
import { runConv } from '../support/processes';

/** No stack runs here. */
const CONV_HOME = '/nonexistent/conv-home';

it('replays nothing into a Redis that nobody named', async () => {
  const { code, stderr } = await runConv(['replay', 'x'], {
    CONV_HOME,
    DATABASE_URL: testUrls().databaseUrl,
  });
  expect([code, stderr]).toEqual([3, expect.stringContaining('no Redis is running here')]);
});

it('names the setting that is wrong before it starts anything', async () => {
  const { code, stderr } = await runConv(['dev'], { CONV_HOME, PORT: 'abc' });
  expect([code, stderr]).toEqual([2, expect.stringContaining('PORT')]);
});

it('says that a password is wrong, and not that nothing is there', async () => {
  const wrong = Object.assign(new URL(testUrls().databaseUrl), { password: 'wrong' }).href;
  const { code, stderr } = await runConv(['list'], { CONV_HOME, DATABASE_URL: wrong });
  expect([code, stderr]).toEqual([3, expect.stringContaining('wrong user or password')]);
});
