import { SCOPES } from '../../src/lib/domain';
import {
  createSession,
  isSessionValid,
  parseSession,
  renewSession,
  sealSession,
  SESSION_IDLE_MS,
  SESSION_MAX_MS,
} from '../../src/tokens/session';
import { hashToken, type StoredToken } from '../../src/tokens/token';

const NOW = Date.UTC(2026, 0, 31);
const HOUR = 3_600_000;

function storedToken(id: string, secret: string): StoredToken {
  const view = { name: 'support', scopes: [...SCOPES], sender: null, created_at: '' };
  return { hash: hashToken(secret), token: { id, ...view, expires_at: null, revoked_at: null } };
}

const ONE = storedToken('0198c0de-0000-7000-8000-000000000001', 'one');
const OTHER = storedToken('0198c0de-0000-7000-8000-000000000002', 'other');

const session = createSession(ONE.token.id, NOW);
const sealed = sealSession(session, ONE);

it('is valid for an hour', () => {
  const at = (ms: number) => isSessionValid(sealed, ONE, NOW + ms);
  expect([at(0), at(SESSION_IDLE_MS - 1), at(SESSION_IDLE_MS)]).toEqual([true, true, false]);
});

it('is read as it was sealed', () => {
  expect(parseSession(sealed)).toEqual({ tokenId: ONE.token.id, startedAt: NOW, expiresAt: NOW + HOUR });
});

it.each([
  ['of another token', sealed, OTHER],
  ['of another token under the id of this one', sealSession(session, OTHER), ONE],
  ['with a later end', sealed.replace(String(NOW + HOUR), String(NOW + 2 * HOUR)), ONE],
  ['with a later start', sealed.replace(String(NOW), String(NOW + 1)), ONE],
  ['without a signature', sealed.slice(0, sealed.lastIndexOf('.') + 1), ONE],
  ['that is empty', '', ONE],
  ['of other text', 'a.b.c.d', ONE],
])('one %s is not valid', (_, text, token) => {
  expect(isSessionValid(text, token, NOW)).toBe(false);
});

it('is renewed by use, for an hour from then', () => {
  expect(renewSession(session, NOW + 10 * 60_000)?.expiresAt).toBe(NOW + HOUR + 10 * 60_000);
});

it('is not renewed at every use', () => {
  expect(renewSession(session, NOW + 1000)).toBeNull();
});

it('ends after twelve hours, however much it is used', () => {
  const late = createSession(ONE.token.id, NOW + 11.5 * HOUR, NOW);
  expect(late.expiresAt).toBe(NOW + SESSION_MAX_MS);
  expect(renewSession(late, NOW + 11.9 * HOUR)).toBeNull();
});
