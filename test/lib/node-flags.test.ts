import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_FLAGS } from '../../src/lib/node-flags';

it.each([
  ['Procfile', 2],
  ['Dockerfile', 1],
  ['docker-compose.yml', 1],
])('%s starts web and worker with the same flags', (file, commands) => {
  const text = readFileSync(join(__dirname, '../..', file), 'utf8').replaceAll(/["',]/g, '');
  expect(text.split(`node ${NODE_FLAGS.join(' ')} dist/bin/`)).toHaveLength(commands + 1);
});
