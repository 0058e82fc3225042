import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../lib/package-root';
import { createMarkdown, guideAddress } from './markdown';
import { renderPage, type PageLink } from './page';

/** Every guide, in the order of reading. The name is its file in docs/guides, the title its heading. */
export const GUIDES = [
  { name: 'first-webhook', title: 'Send your first webhook' },
  { name: 'follow-events', title: 'Follow events' },
  { name: 'receive-pushes', title: 'Receive pushes' },
  { name: 'errors-and-retries', title: 'Errors and retries' },
  { name: 'pagination', title: 'Pagination' },
] as const;

type Guide = (typeof GUIDES)[number];

const toLink = ({ name, title }: Guide): PageLink => ({ address: `/docs/guides/${name}`, title });

const LINKS: readonly PageLink[] = [{ address: '/docs', title: 'API reference' }, ...GUIDES.map(toLink)];

function readGuide({ name }: Guide): Promise<string> {
  return readFile(join(packageRoot(), 'docs/guides', `${name}.md`), 'utf8');
}

/** Returns a function that returns a guide as an HTML page, or null if there is none of this name. It keeps what it rendered. */
export function createGuides(): (name: string) => Promise<string | null> {
  const pages = new Map<string, string>();
  return async (name) => {
    const guide = GUIDES.find((one) => one.name === name);
    if (guide === undefined) return null;
    const page =
      pages.get(name) ??
      renderPage(toLink(guide), createMarkdown(guideAddress).render(await readGuide(guide)), LINKS);
    pages.set(name, page);
    return page;
  };
}
