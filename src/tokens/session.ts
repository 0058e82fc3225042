import { createHmac, timingSafeEqual } from 'node:crypto';
import type { StoredToken } from './token';

/** A session ends when it was not used for this long. */
export const SESSION_IDLE_MS = 3_600_000;
/** A session ends after this time, however much it is used. */
export const SESSION_MAX_MS = 12 * 3_600_000;
/** Sessions are renewed at most this often, so that not every response sets a cookie. */
const RENEW_AFTER_MS = 60_000;

/** A login with a token. Times are in milliseconds since 1970. */
export interface Session {
  tokenId: string;
  startedAt: number;
  expiresAt: number;
}

const FORM = /^(?<payload>(?<id>[\da-f-]{36})\.(?<start>\d{1,15})\.(?<expiry>\d{1,15}))\.(?<mac>[\w-]{43})$/;

const payload = ({ tokenId, startedAt, expiresAt }: Session) => `${tokenId}.${startedAt}.${expiresAt}`;

/** The purpose is part of what is signed, so that the same key could sign other things. */
function sign(text: string, { hash }: StoredToken): Buffer {
  return createHmac('sha256', Buffer.from(hash, 'base64')).update(`conv-session.${text}`).digest();
}

/** Creates a session that starts now, or was started before. */
export function createSession(tokenId: string, now: number, startedAt = now): Session {
  return { tokenId, startedAt, expiresAt: Math.min(now + SESSION_IDLE_MS, startedAt + SESSION_MAX_MS) };
}

/** Returns the session with a later end; null while that would be hardly later. */
export function renewSession({ tokenId, startedAt, expiresAt }: Session, now: number): Session | null {
  const renewed = createSession(tokenId, now, startedAt);
  return renewed.expiresAt - expiresAt >= RENEW_AFTER_MS ? renewed : null;
}

/** Returns a session as text, signed with the stored hash of its token. */
export function sealSession(session: Session, token: StoredToken): string {
  return `${payload(session)}.${sign(payload(session), token).toString('base64url')}`;
}

/** Returns a session as it was sealed; null for other texts. Its signature is not checked. */
export function parseSession(text: string): Session | null {
  const { id = '', start, expiry } = FORM.exec(text)?.groups ?? {};
  return id === '' ? null : { tokenId: id, startedAt: Number(start), expiresAt: Number(expiry) };
}

/** Returns whether the text was sealed with this token and the session has not ended. */
export function isSessionValid(text: string, token: StoredToken, now: number): boolean {
  const { payload: signed = '', mac = '' } = FORM.exec(text)?.groups ?? {};
  const session = parseSession(text);
  if (session?.tokenId !== token.token.id || session.expiresAt <= now) return false;
  return timingSafeEqual(Buffer.from(mac, 'base64url'), sign(signed, token));
}
