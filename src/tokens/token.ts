import { createHash, randomBytes } from 'node:crypto';
import { Op } from 'sequelize';
import { SCOPES, type Scope } from '../lib/domain';
import { invalid } from '../lib/errors';
import { isUuid, newId } from '../lib/ids';
import type { ApiToken } from '../models/ApiToken';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { checkText } from '../lib/text';

const TOKEN_PATTERN = /^conv_[A-Za-z0-9_-]{43}$/;

/** A token as operators see it, without its secret. */
export interface TokenView {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
}

/** A token with its secret, which is shown only when it is created. */
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

function presentToken(row: ApiToken): TokenView {
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
 * Creates a token from 256 random bits and stores its hash.
 * @throws ConvError INVALID when the name is blank or too long, or there is no scope
 */
export async function createToken(
  database: Database,
  request: { name: string; scopes: readonly Scope[]; expiresAt: Date | null },
): Promise<NewToken> {
  const problem = checkText(request.name, { max: 200, trim: true });
  if (problem) throw invalid([{ pointer: '/name', ...problem }]);
  if (request.scopes.length === 0)
    throw invalid([
      { pointer: '/scopes', code: 'REQUIRED', detail: `needs at least one of ${SCOPES.join(', ')}` },
    ]);
  const token = `conv_${randomBytes(32).toString('base64url')}`;
  const row = { ...newId(), name: request.name.trim(), tokenHash: hash(token), expiresAt: request.expiresAt };
  const scopes = [...new Set(request.scopes)];
  const { id, name, expires_at } = presentToken(
    await withDatabaseErrors(() => database.tokens.create({ ...row, scopes })),
  );
  return { id, name, token, scopes, expires_at };
}

/** Lists all tokens, newest first, including expired and revoked ones. */
export async function listTokens(database: Database): Promise<TokenView[]> {
  const rows = await withDatabaseErrors(() => database.tokens.findAll({ order: [['id', 'desc']] }));
  return rows.map(presentToken);
}

/**
 * Revokes a token. Revoking it again changes nothing.
 * @returns the token, or null when there is none with this id
 */
export function revokeToken(database: Database, id: string): Promise<TokenView | null> {
  return withDatabaseErrors(async () => {
    const row = isUuid(id) ? await database.tokens.findByPk(id) : null;
    if (!row) return null;
    return presentToken(row.revokedAt ? row : await row.update({ revokedAt: new Date() }));
  });
}

/** Returns whether a text can be a token; anything else is refused without a query. */
export const isToken = (text: string): boolean => TOKEN_PATTERN.test(text);

/** Returns the valid token with this secret, or null. */
export async function findToken(database: Database, token: string): Promise<TokenView | null> {
  if (!isToken(token)) return null;
  const row = await withDatabaseErrors(() => database.tokens.findOne({ where: { tokenHash: hash(token) } }));
  return row && isValid(presentToken(row)) ? presentToken(row) : null;
}

/** Returns whether a token is neither revoked nor expired. */
export function isValid(token: TokenView): boolean {
  return token.revoked_at === null && (token.expires_at === null || new Date(token.expires_at) > new Date());
}

/** Lists the valid tokens with the hashes of their secrets (base64), the newest first. */
export async function listValidTokens(
  database: Database,
  limit: number,
): Promise<{ hash: string; token: TokenView }[]> {
  const where = { revokedAt: null, expiresAt: { [Op.or]: [null, { [Op.gt]: new Date() }] } };
  const rows = await withDatabaseErrors(() =>
    database.tokens.findAll({ where, order: [['id', 'desc']], limit }),
  );
  return rows.map((row) => ({ hash: row.tokenHash.toString('base64'), token: presentToken(row) }));
}
