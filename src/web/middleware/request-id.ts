import { randomUUID } from 'node:crypto';
import type { Middleware } from '../context';

/** Characters that are harmless in logs. No @: an email address is personal data and not an id. */
const SAFE_ID = /^[\w.:/+=-]{1,128}$/;

/** Takes the client's X-Request-Id if it is safe, else creates one. Every response and log line carries it. */
export const requestId: Middleware = async (ctx, next) => {
  const given = ctx.get('X-Request-Id');
  ctx.state.requestId = SAFE_ID.test(given) ? given : randomUUID();
  ctx.state.logFields = {};
  ctx.set('X-Request-Id', ctx.state.requestId);
  await next();
};
