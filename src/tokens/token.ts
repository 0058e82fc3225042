import { createHash, randomBytes } from 'node:crypto';
import { SCOPES, type Scope } from '../lib/domain';
import { invalid } from '../lib/errors';
import { isUuid, newId } from '../lib/ids';
import type { ApiToken } from '../models/ApiToken';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { checkText } from '../lib/text';

const FORM = /^conv_[A-Za-z0-9_-]{43}$/;

/** A token as shown to operators; never the secret. */
export interface TokenView {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
}

/** The only time that the token itself is shown. */
export interface NewToken {
  id: string;
  name: string;
  token: string;
  scopes: Scope[];
  expires_at: string | null;
}

export const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function viewOf(row: ApiToken): TokenView {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
  };
}

/**
 * Makes a token of 256 random bits and stores its hash.
 * @throws ConvError INVALID for a blank or too long name, or no scope
 */
export async function createToken(
  database: Database,
  request: { name: string; scopes: readonly Scope[]; expiresAt: Date | null },
): Promise<NewToken> {
  const fault = checkText(request.name, { max: 200, trim: true });
  if (fault) throw invalid([{ pointer: '/name', ...fault }]);
  if (request.scopes.length === 0)
    throw invalid([
      { pointer: '/scopes', code: 'REQUIRED', detail: `needs at least one of ${SCOPES.join(', ')}` },
    ]);
  const token = `conv_${randomBytes(32).toString('base64url')}`;
  const row = { ...newId(), name: request.name.trim(), tokenHash: hash(token), expiresAt: request.expiresAt };
  const scopes = [...new Set(request.scopes)];
  const { id, name, expires_at } = viewOf(
    await withDatabaseErrors(() => database.tokens.create({ ...row, scopes })),
  );
  return { id, name, token, scopes, expires_at };
}

/** Every token there ever was, newest first. */
export async function listTokens(database: Database): Promise<TokenView[]> {
  const rows = await withDatabaseErrors(() => database.tokens.findAll({ order: [['id', 'desc']] }));
  return rows.map(viewOf);
}

/**
 * Revokes a token; again is fine.
 * @returns the token, or null where there is none
 */
export function revokeToken(database: Database, id: string): Promise<TokenView | null> {
  return withDatabaseErrors(async () => {
    const row = isUuid(id) ? await database.tokens.findByPk(id) : null;
    if (!row) return null;
    return viewOf(row.revokedAt ? row : await row.update({ revokedAt: new Date() }));
  });
}

/** The token in force behind this secret, or null. */
export async function findToken(database: Database, token: string): Promise<TokenView | null> {
  if (!FORM.test(token)) return null;
  const row = await withDatabaseErrors(() => database.tokens.findOne({ where: { tokenHash: hash(token) } }));
  return row && isInForce(viewOf(row)) ? viewOf(row) : null;
}

/** Neither revoked nor expired, now. */
export function isInForce(token: TokenView): boolean {
  return token.revoked_at === null && (token.expires_at === null || new Date(token.expires_at) > new Date());
}
