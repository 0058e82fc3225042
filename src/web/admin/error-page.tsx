import type { ConvError } from '../../lib/errors';
import type { Context } from '../context';
import { publicDetail } from '../middleware/problem';
import { ADMIN_PATH, FIND_PATH, loginLink } from './links';
import { sendPage } from './page';

/** Sends an error as a page, with the words of the API's problem document. */
export function sendErrorPage(ctx: Context, error: ConvError): void {
  const isLoggedIn = ctx.state.token !== undefined;
  sendPage(
    ctx,
    error.title,
    <>
      <h1>{error.title}</h1>
      <p>{publicDetail(error)}</p>
      <p>
        {isLoggedIn ? (
          <a href={FIND_PATH}>Find something else</a>
        ) : (
          <a href={loginLink(ADMIN_PATH)}>Log in</a>
        )}
      </p>
      <p className="note">
        Status {error.status}, request id <code>{ctx.state.requestId}</code>
      </p>
    </>,
  );
}
