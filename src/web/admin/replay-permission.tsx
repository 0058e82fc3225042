import type { ReactElement } from 'react';
import type { Context } from '../context';

/** Whether the operator may replay applications. */
export const mayReplay = ({ state }: Context): boolean =>
  state.token?.scopes.includes('applications:write') ?? false;

/** Says why there is no button. */
export function MayNotReplay(): ReactElement {
  return (
    <p className="note">
      To replay applications here, log in with a token that has the scope applications:write. Ask who operates
      conv for one; they create it with <code>conv token create</code>.
    </p>
  );
}
