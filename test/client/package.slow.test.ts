import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { CANDIDATE } from '../support/factories';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';
import { CONSUMER } from './support/consumer';
import { compile, createPackage, runPackage, type PackageOptions } from './support/package';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

it.each<[string, PackageOptions['type'], object]>([
  ['node16, ES modules', 'module', { module: 'node16' }],
  ['node16, CommonJS', 'commonjs', { module: 'node16' }],
  ['bundler', 'module', { module: 'ES2022', moduleResolution: 'bundler' }],
  ['node10', 'commonjs', { module: 'CommonJS', moduleResolution: 'node10' }],
])('a strict program compiles against conv/client and runs: %s', async (_, type, compilerOptions) => {
  await createConversation(stores);
  const folder = await createPackage({ type, compilerOptions, main: CONSUMER });
  expect(await compile(folder)).toBe('');
  const printed = await runPackage(folder, { CONV_URL: web.url, CONV_TOKEN: web.token });
  expect(printed).toBe(`conversation.created CREATED ${CANDIDATE.phone_number}\ntrue\n`);
});
