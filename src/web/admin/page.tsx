import type { ReactElement, ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { TokenView } from '../../tokens/token';
import type { Context } from '../context';
import { BOARD_PATH } from '../routes/queue-board';
import {
  ADMIN_PATH,
  APPLICATIONS_PATH,
  FAILED_PATH,
  FIND_PATH,
  LOGOUT_PATH,
  RUNBOOK_PATH,
  SCRIPT_PATH,
  STYLES_PATH,
} from './links';

const NAVIGATION = [
  ['Overview', ADMIN_PATH],
  ['Find', FIND_PATH],
  ['Applications', APPLICATIONS_PATH],
  ['Failed', FAILED_PATH],
  ['Queues', BOARD_PATH],
  ['Operations', RUNBOOK_PATH],
  ['API docs', '/docs'],
] as const;

interface HeaderProps {
  path: string;
  token: TokenView;
  canLogOut: boolean;
}

function Header({ path, token, canLogOut }: HeaderProps): ReactElement {
  return (
    <header>
      <nav aria-label="Pages">
        <strong>conv</strong>
        <ul>
          {NAVIGATION.map(([name, link]) => (
            <li key={link}>
              <a href={link} aria-current={path === link ? 'page' : undefined}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <form className="account" method="post" action={LOGOUT_PATH}>
        <span>
          Token <b>{token.name}</b>
        </span>
        {canLogOut && <button>Log out</button>}
      </form>
    </header>
  );
}

interface LayoutProps {
  title: string;
  /** Null for a page without navigation. */
  header: HeaderProps | null;
  isLive: boolean;
  children: ReactNode;
}

function Layout({ title, header, isLive, children }: LayoutProps): ReactElement {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} – conv`}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={STYLES_PATH} />
        {isLive && <script src={SCRIPT_PATH} defer />}
      </head>
      <body>
        <a className="skip" href="#content">
          Skip to content
        </a>
        {header && <Header {...header} />}
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </body>
    </html>
  );
}

/**
 * Sends a page. Text in it is escaped; its title may be any text too.
 * @param options isLive loads the script that keeps `Live` content up to date
 */
export function sendPage(ctx: Context, title: string, content: ReactElement, { isLive = false } = {}): void {
  const { token, hasSession = false } = ctx.state;
  const header = token ? { path: ctx.path, token, canLogOut: hasSession } : null;
  // Otherwise browsers send forms of a page with no-referrer without their origin, which is checked.
  ctx.set('Referrer-Policy', 'same-origin');
  ctx.type = 'text/html';
  ctx.body = `<!doctype html>${renderToStaticMarkup(
    <Layout title={title} header={header} isLive={isLive}>
      {content}
    </Layout>,
  )}`;
}
