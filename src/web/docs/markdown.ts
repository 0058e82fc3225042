import MarkdownIt from 'markdown-it';

/** Where a link of a guide, which works in the repository, leads in the served page. */
const SERVED: Readonly<Record<string, string>> = {
  '../api.md': '/docs',
  '../openapi.json': '/openapi.json',
};

/** Returns the anchor that GitHub gives to a heading. */
export function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * Returns the address of a link of a guide in the served page. The reference has other anchors than docs/api.md.
 * @throws Error if the target is not served
 */
export function guideAddress(href: string): string {
  if (href.startsWith('#') || href.startsWith('https://')) return href;
  const [file = '', anchor] = href.split('#');
  const name = /^([\w-]+)\.md$/.exec(file)?.[1];
  if (name !== undefined) return `/docs/guides/${name}${anchor === undefined ? '' : `#${anchor}`}`;
  const served = SERVED[file];
  if (served === undefined) throw new Error(`a guide links to ${href}, which conv does not serve`);
  return served;
}

/**
 * Returns a renderer of Markdown; HTML in it is shown as text.
 * @param addressOf returns where a link leads; null leaves its text
 */
export function createMarkdown(addressOf: (href: string) => string | null): MarkdownIt {
  const markdown = new MarkdownIt();
  const { rules } = markdown.renderer;
  const fence = rules['fence'];
  rules['heading_open'] = (tokens, index, options, _, renderer) => {
    tokens[index]?.attrSet('id', slug(tokens[index + 1]?.content ?? ''));
    return renderer.renderToken(tokens, index, options);
  };
  rules['link_open'] = (tokens, index, options, _, renderer) => {
    const address = addressOf(tokens[index]?.attrGet('href') ?? '');
    if (address === null) return '<a>';
    tokens[index]?.attrSet('href', address);
    return renderer.renderToken(tokens, index, options);
  };
  // Code and tables may be wider than the screen. With a tab index they can be scrolled by keyboard.
  rules['table_open'] = () => '<div class="table" role="region" aria-label="Table" tabindex="0"><table>\n';
  rules['table_close'] = () => '</table></div>\n';
  rules['fence'] = (...args) => fence?.(...args).replace('<pre>', '<pre tabindex="0">') ?? '';
  return markdown;
}
