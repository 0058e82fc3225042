import type { ReactElement } from 'react';
import type { ApplicationView } from '../../lib/domain';
import type { Context } from '../context';
import { replayedLink } from './links';

const RELOAD_AFTER_SECONDS = 2;
/** A minute. Each reload prolongs the login, so a page that is left open must not go on. */
const MOST_RELOADS = 30;

/** Returns what became of a replay that was asked for on the page of an application, and lets the page reload itself until then. */
export function followReplay(ctx: Context, application: ApplicationView): ReactElement | null {
  const { replayed } = ctx.query;
  if (typeof replayed !== 'string' || !/^\d{1,4}$/.test(replayed)) return null;
  const { id, status } = application;
  const reloads = Number(replayed);
  const isWaiting = status === 'QUEUED' || status === 'PROCESSING';
  const isReloading = isWaiting && reloads < MOST_RELOADS;
  if (isReloading) ctx.set('Refresh', `${RELOAD_AFTER_SECONDS}; url=${replayedLink(id, reloads + 1)}`);
  return (
    <p className="notice" role="status">
      {!isWaiting && `The replay has ended: ${status}.`}
      {isReloading && 'The replay was asked for. This page reloads itself until there is an outcome.'}
      {isWaiting && !isReloading && 'The replay has no outcome yet. Reload the page later.'}
    </p>
  );
}
