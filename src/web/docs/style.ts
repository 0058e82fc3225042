/** The style of a guide: one column on a phone, navigation beside the text on wide screens, light or dark as the reader's system. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1c2128; --back: #fff; --code: #f3f4f6; --line: #c9ced6; --link: #0a58ca; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e7eb; --back: #15191e; --code: #22282f; --line: #424a54; --link: #82b4ff; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; color: var(--text); background: var(--back); overflow-wrap: break-word; }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 0; padding: 0.5rem; background: var(--back); }
nav, main { padding: 1rem; }
nav { border-bottom: 1px solid var(--line); }
nav ul { margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: 0.25rem 0; }
nav [aria-current] { font-weight: bold; color: var(--text); text-decoration: none; }
main { min-width: 0; max-width: 54rem; }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 2.5rem; }
code { font: 0.9em/1.5 ui-monospace, monospace; background: var(--code); padding: 0.1em 0.25em; border-radius: 3px; }
pre { padding: 0.75rem; overflow-x: auto; background: var(--code); border-radius: 6px; }
pre code { padding: 0; }
.table { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 0.4rem 0.6rem; text-align: left; vertical-align: top; border: 1px solid var(--line); overflow-wrap: normal; }
@media (min-width: 60rem) {
  .page { display: grid; grid-template-columns: 16rem 1fr; }
  nav { border: 0; padding-top: 2rem; }
}
`;
