import { describeContext, type Context } from '../../context/find-context';
import type { Io } from '../../io';
import type { Backend, ReplayBackend } from '../backend';
import { remoteApplications } from './applications';
import { openClient } from './call';
import { remoteConversations } from './conversations';
import { WAIT_SECONDS, remoteEvents } from './events';
import { inContext } from './in-context';
import { remoteReplays } from './replays';

/**
 * Runs `work` over HTTP.
 * @throws ConvError as the operations throw it, with the name of the context; NOT_READY (exit 3) if conv cannot be reached
 */
export function withHttpBackend<T>(
  io: Io,
  context: Context,
  work: (backend: Backend) => Promise<T>,
): Promise<T> {
  const client = openClient(context);
  return inContext(context, () =>
    work({
      name: describeContext(context),
      conversations: remoteConversations(io, client),
      applications: remoteApplications(io, client),
      events: remoteEvents(client, openClient(context, WAIT_SECONDS * 1000)),
    }),
  );
}

/** Runs `work` as {@link withHttpBackend} does, with what a replay needs. */
export function withHttpReplays<T>(
  context: Context,
  work: (backend: ReplayBackend) => Promise<T>,
): Promise<T> {
  const place = ` in ${describeContext(context)}`;
  return inContext(context, () => work(remoteReplays(openClient(context), place)));
}
