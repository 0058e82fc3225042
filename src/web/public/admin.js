/* Keeps a page of the operators up to date. Without this script the page is as it was when it was loaded. */
'use strict';

const source = document.querySelector('[data-stream]');
const state = document.getElementById('live-state');

/** Moves the focus to the link that takes the place of the one that had it. */
function keepFocus(part, href) {
  const links = [...part.querySelectorAll('a')];
  links.find((link) => link.getAttribute('href') === href)?.focus();
}

/** Replaces the parts that have changed, so that the others keep focus, selection and scroll position. */
function update(html) {
  const newest = new DOMParser().parseFromString(html, 'text/html');
  for (const part of source.querySelectorAll('[data-live]')) {
    const newer = newest.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!newer || newer.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement)
      ? document.activeElement.getAttribute('href')
      : null;
    part.replaceChildren(...newer.childNodes);
    if (focused !== null) keepFocus(part, focused);
  }
}

/** Shows whether the page is up to date; only a change is announced. */
function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

let stream = null;

function open() {
  stream = new EventSource(source.dataset.stream);
  stream.addEventListener('open', () => say('Updated every second.'));
  stream.addEventListener('message', ({ data }) => update(JSON.parse(data)));
  stream.addEventListener('end', () => {
    source.removeAttribute('data-stream');
    stream.close();
    say('');
  });
  stream.addEventListener('error', () => {
    const isOver = stream.readyState === EventSource.CLOSED;
    say(isOver ? 'No longer updated: reload the page.' : 'The connection is lost; trying again.');
  });
}

// A tab that nobody sees needs no figures.
document.addEventListener('visibilitychange', () => {
  stream?.close();
  if (!document.hidden && source?.dataset.stream) open();
});
if (source) open();
