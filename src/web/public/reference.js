/* Starts Swagger UI on the page /docs. A file of its own, because the Content-Security-Policy refuses inline scripts. */
'use strict';

/** Shows the path of an operation as text. Swagger UI makes it a link inside a button, which screen readers cannot reach. */
const plainPaths = ({ React }) => ({
  components: { DeepLink: ({ text }) => React.createElement('span', null, text) },
});

/** Returns a selector of security schemes without those of these names. */
const omit =
  (...names) =>
  (original) =>
  (...args) =>
    original(...args)
      ?.map((schemes) => schemes.filterNot((_, name) => names.includes(name)))
      .filter((schemes) => schemes.size > 0);

/**
 * Asks for the token only. A signature is made of each body, browsers ask for the password of the queue board themselves, and conv
 * sends the one of a receiver.
 */
const tokenOnly = {
  statePlugins: {
    auth: {
      wrapSelectors: {
        definitionsToAuthorize: omit('signature', 'password', 'receiver'),
        definitionsForRequirements: omit('signature', 'receiver'),
      },
    },
  },
};

/** Returns what a select is for. */
function describeSelect(select) {
  const parameter = select.closest('[data-param-name]')?.dataset.paramName;
  return parameter ?? (select.classList.contains('examples-select-element') ? 'Example' : 'Media type');
}

/** Adds what Swagger UI leaves out for screen readers and keyboards: names of fields and buttons, focus of boxes that scroll. */
function completeMarkup() {
  for (const select of document.querySelectorAll('select:not([aria-label])'))
    select.setAttribute('aria-label', describeSelect(select));
  for (const area of document.querySelectorAll('textarea:not([aria-label])'))
    area.setAttribute('aria-label', area.closest('[data-param-name]')?.dataset.paramName ?? 'Request body');
  for (const button of document.querySelectorAll('.close-modal:not([aria-label])'))
    button.setAttribute('aria-label', 'Close');
  // Its name must contain its text.
  for (const button of document.querySelectorAll('.auth-btn-wrapper [aria-label]'))
    button.removeAttribute('aria-label');
  for (const code of document.querySelectorAll('.microlight:not([tabindex])')) code.tabIndex = 0;
}

const reference = document.getElementById('reference');
new MutationObserver(completeMarkup).observe(reference, { childList: true, subtree: true });

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') document.querySelector('.close-modal')?.click();
});

SwaggerUIBundle({
  url: '/openapi.json',
  domNode: reference,
  plugins: [plainPaths, tokenOnly],
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // By default it asks validator.swagger.io.
  validatorUrl: null,
  // A token in the browser's storage would outlive the page.
  persistAuthorization: false,
});
