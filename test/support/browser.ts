import { source as axeSource, type AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { atEnd } from './cleanup';
import { describeWith, findTool } from './required-tool';
import { VIEWPORTS } from './viewports';

const CHROMIUM = process.env['CHROMIUM'] ?? 'chromium';

/** `describe` for tests in a browser: the program CHROMIUM, or `chromium` in the path. */
export const describeWithBrowser = describeWith({ command: CHROMIUM, package: 'chromium' });

export { VIEWPORTS };

export interface TestBrowser {
  /** Opens an address in a new page, without cookies or cache. What the page does wrong fails the running test. */
  open(url: string, viewport?: keyof typeof VIEWPORTS): Promise<Page>;
}

/** A hint of Chromium about speed. Whether it comes depends on how long a page stays open. */
const PRELOAD_HINT = /was preloaded using link preload but not used/;

/** Collects requests to other hosts, messages of errors and uncaught errors. */
function watch(page: Page, origin: string, faults: string[]): void {
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin) faults.push(`request to ${url.href}`);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !PRELOAD_HINT.test(message.text()))
      faults.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
}

/** Starts a browser for the tests of a file. Each test fails on a request to another host, a console error and an uncaught error. */
export function useBrowser(): TestBrowser {
  let browser: Browser;
  const faults: string[] = [];
  beforeAll(async () => {
    const executablePath = findTool(CHROMIUM) ?? CHROMIUM;
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  atEnd(() => browser.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(faults.splice(0)).toEqual([]);
  });
  return {
    async open(url, viewport = 'laptop') {
      const page = await browser.newPage({ viewport: VIEWPORTS[viewport], reducedMotion: 'reduce' });
      watch(page, new URL(url).origin, faults);
      await page.goto(url);
      return page;
    },
  };
}

/** Returns the serious and critical violations of WCAG that axe finds, as `rule: element`. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}

/** Returns by how many pixels the page is wider than the window. */
export function horizontalOverflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
