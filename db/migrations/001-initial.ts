import { SEARCH_INDEXES } from '../search-indexes';
import { applicationTables } from './001-initial/applications';
import { eventTables } from './001-initial/events';

/**
 * The first schema, from top to bottom: candidates, applications, conversations, the outbox of events, pushes, tokens.
 * Constraint names are public: callers and operators meet them in errors.
 */
export const name = '001-initial';

export const up = applicationTables + eventTables + SEARCH_INDEXES;

export const down = `
DROP TABLE api_tokens, event_deliveries, event_readers, events;
DROP FUNCTION assign_event_positions();
ALTER TABLE applications DROP CONSTRAINT applications_conversation_id_fkey;
DROP TABLE conversations, applications, candidates;
DROP FUNCTION conversations_status_moves_forward(), applications_stay_erased();
`;
