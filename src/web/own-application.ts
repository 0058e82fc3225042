import { idOfSender } from '../applications/sender-ids';
import { ConvError } from '../lib/errors';
import type { Context } from './context';

/** A token of a sender replays the applications of that sender only. @throws ConvError FORBIDDEN */
export function assertOwnApplication({ state }: Context, id: string): void {
  const sender = state.token?.sender ?? null;
  if (sender !== null && !id.startsWith(idOfSender('', sender)))
    throw new ConvError('FORBIDDEN', `the token sends for ${sender}, and the application is not from it`);
}
