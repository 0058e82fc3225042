import { GUIDES } from '../docs/guides';
import type { Assets } from './assets';

const guideLinks = GUIDES.map(
  ({ name, title }) => `<li><a href="/docs/guides/${name}">${title}</a></li>`,
).join('');

/** Returns the HTML of the API reference. Swagger UI fills `#reference` from /openapi.json. */
export function referencePage(assets: Assets): string {
  const url = (name: keyof Assets) => `/docs/assets/${assets[name].urlName}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>conv API reference</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${url('swagger-ui.css')}">
<link rel="stylesheet" href="${url('reference.css')}">
</head>
<body>
<a class="skip" href="#reference">Skip to the reference</a>
<header>
<nav aria-label="Documentation"><ul>
<li><a href="/docs" aria-current="page">API reference</a></li>
${guideLinks}
</ul></nav>
</header>
<div id="reference" tabindex="-1">
<noscript>This page needs JavaScript. The description that it shows is at <a href="/openapi.json">/openapi.json</a>.</noscript>
</div>
<script src="${url('swagger-ui-bundle.js')}"></script>
<script src="${url('reference.js')}"></script>
</body>
</html>
`;
}
