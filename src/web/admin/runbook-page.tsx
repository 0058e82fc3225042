import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../lib/package-root';
import type { Context } from '../context';
import { createMarkdown, slug } from '../docs/markdown';
import { RUNBOOK_PATH } from './links';
import { sendPage } from './page';

/** Returns the address of a section of docs/operations.md. */
export const runbookLink = (section: string): string => `${RUNBOOK_PATH}#${slug(section)}`;

/** Links to other files of the repository, which conv does not serve, become text. */
const addressOf = (href: string): string | null =>
  href.startsWith('#') || href.startsWith('https://') ? href : null;

let rendered: string | null = null;

async function render(): Promise<string> {
  const text = await readFile(join(packageRoot(), 'docs/operations.md'), 'utf8');
  return createMarkdown(addressOf).render(text);
}

/** Sends docs/operations.md, for operators without the repository. It is rendered once. */
export async function sendRunbookPage(ctx: Context): Promise<void> {
  rendered ??= await render();
  sendPage(ctx, 'Operations', <div className="document" dangerouslySetInnerHTML={{ __html: rendered }} />);
}
