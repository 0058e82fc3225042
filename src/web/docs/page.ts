import { STYLE } from './style';

/** A page in the navigation. */
export interface PageLink {
  address: string;
  title: string;
}

function navigationItem({ address, title }: PageLink, current: string): string {
  const mark = address === current ? ' aria-current="page"' : '';
  return `<li><a href="${address}"${mark}>${title}</a></li>`;
}

/**
 * Returns a complete HTML page. It needs no script and no other file, so it obeys the Content-Security-Policy.
 * @param content trusted HTML
 * @param links the navigation; their titles are trusted HTML too
 */
export function renderPage(page: PageLink, content: string, links: readonly PageLink[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · conv</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<div class="page">
<nav aria-label="Documentation">
<ul>
${links.map((link) => navigationItem(link, page.address)).join('\n')}
</ul>
</nav>
<main id="content">
${content}</main>
</div>
</body>
</html>
`;
}
