import type { ConvError } from '../../lib/errors';
import type { Context } from '../context';
import { publicDetail } from '../middleware/problem';
import { LOGIN_PATH } from './links';
import { sendPage } from './page';

/**
 * Sends the login.
 * @param next where to go afterwards
 * @param error of the login before, if any
 */
export function sendLoginPage(ctx: Context, next: string, error: ConvError | null): void {
  sendPage(
    ctx,
    'Log in',
    <div className="login">
      <h1>conv</h1>
      {error && (
        <p className="error" role="alert" id="error">
          <b>{error.title}:</b> {publicDetail(error)}
        </p>
      )}
      <form method="post" action={LOGIN_PATH}>
        <input type="hidden" name="next" value={next} />
        <label htmlFor="token">API token with the scope queues:admin</label>
        <input
          id="token"
          name="token"
          type="password"
          autoComplete="current-password"
          placeholder="conv_…"
          required
          autoFocus
          aria-describedby={error ? 'error' : undefined}
        />
        <button>Log in</button>
      </form>
      <p className="note">
        Ask those who operate conv for one; they create it with{' '}
        <code>conv token create --name support --scope queues:admin</code>. The login ends after an hour
        without use.
      </p>
    </div>,
  );
}
