import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const attacks = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && line.split('|').length === 6)
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));

it.each(attacks)('%s%s who tries %s: its tests exist', (...row) => {
  const paths = [...(row[4] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  expect(paths.length).toBeGreaterThan(0);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
