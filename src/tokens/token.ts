import { createHash, randomBytes } from 'node:crypto';
import { SCOPES, type Scope } from '../lib/domain';
import { invalid } from '../lib/errors';
import { isUuid, newId } from '../lib/ids';
import { isSenderName, NAME_FORM } from '../lib/senders';
import type { ApiToken } from '../models/ApiToken';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { checkText } from '../lib/text';
import { assertNamedAlike, SENDING_SCOPE } from './sender-names';
import { whereValid } from './valid';

const TOKEN_PATTERN = /^conv_[A-Za-z0-9_-]{43}$/;

/** A token as operators see it, without its secret. */
export interface TokenView {
  id: string;
  name: string;
  scopes: Scope[];
  /** Whose applications it sends; null if senders have no names. */
  sender: string | null;
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
  sender: string | null;
  expires_at: string | null;
}

/** What a token is to be. */
export interface TokenRequest {
  name: string;
  scopes: readonly Scope[];
  /** The name of the system whose applications it sends, for senders with names. */
  sender?: string | undefined;
  expiresAt: Date | null;
}

export const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);

/** A valid token with the hash of its secret (base64). */
export interface StoredToken {
  hash: string;
  token: TokenView;
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Returns the hash of a token's secret, in base64. */
export const hashToken = (token: string): string => hash(token).toString('base64');

function presentToken(row: ApiToken): TokenView {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    sender: row.sender,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
  };
}

/** @throws ConvError INVALID that names each wrong field */
function assertRequest({ name, scopes, sender }: TokenRequest): void {
  const problem = checkText(name, { max: 200, trim: true });
  if (problem) throw invalid([{ pointer: '/name', ...problem }]);
  if (scopes.length === 0)
    throw invalid([
      { pointer: '/scopes', code: 'REQUIRED', detail: `needs at least one of ${SCOPES.join(', ')}` },
    ]);
  if (sender === undefined) return;
  if (!isSenderName(sender))
    throw invalid([{ pointer: '/sender', code: 'INVALID_NAME', detail: `must have ${NAME_FORM}` }]);
  if (!scopes.includes(SENDING_SCOPE))
    throw invalid([{ pointer: '/sender', code: 'NO_SENDER', detail: `needs the scope ${SENDING_SCOPE}` }]);
}

/**
 * Creates a token from 256 random bits and stores its hash.
 * @throws ConvError INVALID when the name is blank or too long, there is no scope, or the sender is no name or cannot send; CONFLICT
 *   when only some of the tokens that send would name their sender
 */
export async function createToken(database: Database, request: TokenRequest): Promise<NewToken> {
  assertRequest(request);
  const token = `conv_${randomBytes(32).toString('base64url')}`;
  const scopes = [...new Set(request.scopes)];
  const sender = request.sender ?? null;
  const row = {
    ...newId(),
    name: request.name.trim(),
    tokenHash: hash(token),
    scopes,
    sender,
    expiresAt: request.expiresAt,
  };
  const created = await withDatabaseErrors(() =>
    database.sequelize.transaction(async (transaction) => {
      if (scopes.includes(SENDING_SCOPE)) await assertNamedAlike(database, sender, transaction);
      return database.tokens.create(row, { transaction });
    }),
  );
  const { id, name, expires_at } = presentToken(created);
  return { id, name, token, scopes, sender, expires_at };
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

const presentStored = (row: ApiToken): StoredToken => ({
  hash: row.tokenHash.toString('base64'),
  token: presentToken(row),
});

/** Returns the valid token with this secret, or null. */
export async function findToken(database: Database, token: string): Promise<StoredToken | null> {
  if (!isToken(token)) return null;
  const row = await withDatabaseErrors(() => database.tokens.findOne({ where: { tokenHash: hash(token) } }));
  return row && isValid(presentToken(row)) ? presentStored(row) : null;
}

/** Returns the valid token with this id, or null. */
export async function findTokenById(database: Database, id: string): Promise<StoredToken | null> {
  const row = isUuid(id) ? await withDatabaseErrors(() => database.tokens.findByPk(id)) : null;
  return row && isValid(presentToken(row)) ? presentStored(row) : null;
}

/** Returns whether a token is neither revoked nor expired. */
export function isValid(token: TokenView): boolean {
  return token.revoked_at === null && (token.expires_at === null || new Date(token.expires_at) > new Date());
}

/** Lists the valid tokens, the newest first. */
export async function listValidTokens(database: Database, limit: number): Promise<StoredToken[]> {
  const rows = await withDatabaseErrors(() =>
    database.tokens.findAll({ where: whereValid(), order: [['id', 'desc']], limit }),
  );
  return rows.map(presentStored);
}
