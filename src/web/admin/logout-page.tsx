import type { Context } from '../context';
import { ADMIN_PATH, LOGOUT_PATH } from './links';
import { sendPage } from './page';

/** Sends the button that ends the session. */
export function sendLogoutPage(ctx: Context): void {
  sendPage(
    ctx,
    'Log out',
    <div className="login">
      <h1>Log out?</h1>
      <form method="post" action={LOGOUT_PATH}>
        <button>Log out</button>
      </form>
      <p>
        <a href={ADMIN_PATH}>Stay logged in</a>
      </p>
    </div>,
  );
}
