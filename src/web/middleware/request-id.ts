import { randomUUID } from 'node:crypto';
import type { Middleware } from '../context';

/** No @: an email address is a person and no id. */
const SANE = /^[\w.:/+=-]{1,128}$/;

/** Takes the caller's X-Request-Id if it is harmless in logs, else makes one; every response and log line carries it. */
export const requestId: Middleware = async (ctx, next) => {
  const given = ctx.get('X-Request-Id');
  ctx.state.requestId = SANE.test(given) ? given : randomUUID();
  ctx.state.facts = {};
  ctx.set('X-Request-Id', ctx.state.requestId);
  await next();
};
