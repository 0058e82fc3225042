import type { Token } from '../../client/schema';
import type { Scope } from '../../lib/domain';
import { callConv, openClient } from '../backend/http/call';
import type { SavedContext } from './context-file';

/** What commands do with each scope. */
const USES: readonly (readonly [Scope, string])[] = [
  ['conversations:read', 'conv list, conv show, conv apps and conv events'],
  ['conversations:write', 'conv move'],
  ['candidates:read', 'personal data in conv show'],
  ['applications:write', 'conv replay and conv send'],
];

/**
 * Returns what conv says about the token of a context.
 * @throws ConvError NOT_AUTHENTIC for a token that it refuses; NOT_READY if it does not answer
 */
export function readToken(context: SavedContext): Promise<Token> {
  return callConv(openClient(context).GET('/token'));
}

/** Returns what does not work with a token, a line for each scope that it lacks. */
export function describeMissingScopes({ name, scopes }: Token): string[] {
  return USES.filter(([scope]) => !scopes.includes(scope)).map(
    ([scope, use]) => `the token ${JSON.stringify(name)} lacks ${scope}, which is for ${use}`,
  );
}
