import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the first code block of a language after a heading of docs/operations.md. */
export function documentedBlock(heading: string, language: string): string {
  const page = readFileSync(join(__dirname, '../../../docs/operations.md'), 'utf8');
  const section = page.split(`\n### ${heading}\n`)[1]?.split('\n#')[0] ?? '';
  const block = section.split(`\n\`\`\`${language}\n`)[1]?.split('\n```')[0];
  if (block === undefined) throw new Error(`docs/operations.md has no ${language} under "${heading}"`);
  return block;
}
