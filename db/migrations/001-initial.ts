import { SEARCH_INDEXES } from '../search-indexes';

/**
 * The first schema, from top to bottom: candidates, applications, conversations, the outbox of events, pushes, tokens.
 * Constraint names are public: callers and operators meet them in errors.
 */
export const name = '001-initial';

const candidates = `
-- A person who applied. If erased_at is set, any data in the row was received after the erasure.
CREATE TABLE candidates (
  id            text PRIMARY KEY,
  phone_number  text,
  first_name    text,
  last_name     text,
  email_address text,
  erased_at     timestamptz(3),
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  updated_at    timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT candidates_id_has_1_to_255_characters CHECK (char_length(id) BETWEEN 1 AND 255),
  CONSTRAINT candidates_phone_number_is_e164 CHECK (phone_number ~ '^\\+[1-9][0-9]{1,14}$'),
  CONSTRAINT candidates_have_data_unless_erased CHECK (
    num_nonnulls(phone_number, first_name, last_name, email_address)
      = CASE WHEN erased_at IS NULL OR phone_number IS NOT NULL THEN 4 ELSE 0 END)
);
`;

const applications = `
-- One row per application id: its outcome. An index for each list filter, in the order of src/lists/keyset.ts.
CREATE TABLE applications (
  id              text PRIMARY KEY,
  job_id          text NOT NULL,
  candidate_id    text NOT NULL,
  status          text NOT NULL,
  reason          text,
  conversation_id uuid,
  payload         jsonb, -- Null after KEEP_PAYLOADS_DAYS.
  received_at     timestamptz(3) NOT NULL,
  processed_at    timestamptz(3) NOT NULL,
  dismissed_at    timestamptz(3), dismissed_by text, -- An operator dealt with the failure.
  CONSTRAINT applications_id_has_1_to_255_characters CHECK (char_length(id) BETWEEN 1 AND 255),
  CONSTRAINT applications_status_is_known CHECK (status IN ('ACCEPTED', 'REJECTED', 'DEFERRED', 'FAILED')),
  CONSTRAINT applications_accepted_has_conversation CHECK ((status = 'ACCEPTED') = (conversation_id IS NOT NULL)),
  CONSTRAINT applications_only_accepted_has_no_reason CHECK ((status = 'ACCEPTED') = (reason IS NULL)),
  CONSTRAINT applications_rejection_is_known CHECK (
    status <> 'REJECTED' OR reason IN ('ACTIVE_CONVERSATION', 'DUPLICATE_APPLICATION')),
  CONSTRAINT applications_have_payload_until_settled CHECK (payload IS NOT NULL OR status IN ('ACCEPTED', 'REJECTED') OR dismissed_at IS NOT NULL),
  CONSTRAINT applications_only_failed_are_dismissed CHECK (dismissed_at IS NULL OR (status = 'FAILED' AND dismissed_by <> ''))
);
CREATE INDEX applications_by_status ON applications (status, received_at, id);
CREATE INDEX applications_by_candidate ON applications (candidate_id, received_at, id);
CREATE INDEX applications_by_job ON applications (job_id, status, received_at, id);
CREATE INDEX applications_by_reason ON applications (reason, status, received_at, id) WHERE reason IS NOT NULL;
CREATE INDEX applications_deferred ON applications (candidate_id, received_at, id) WHERE status = 'DEFERRED'; -- For the move to COMPLETED.

-- A worker may process an application while its candidate is erased. If the erasure committed first, this trigger refuses
-- the outcome; only a failure can be stored, without the personal data.
CREATE FUNCTION applications_stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.payload->'candidate' = 'null'
    OR EXISTS (SELECT FROM candidates WHERE id = NEW.candidate_id AND erased_at >= NEW.received_at)
  THEN
    IF NEW.status <> 'FAILED' AND (TG_OP = 'INSERT' OR NEW.processed_at <> OLD.processed_at) THEN
      RAISE EXCEPTION 'application % was received before its candidate was erased', NEW.id
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    NEW.payload := NEW.payload || '{"candidate": null}';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER applications_stay_erased BEFORE INSERT OR UPDATE ON applications
  FOR EACH ROW EXECUTE FUNCTION applications_stay_erased();
`;

const conversations = `
CREATE TABLE conversations (
  id             uuid PRIMARY KEY,
  application_id text NOT NULL,
  candidate_id   text NOT NULL REFERENCES candidates (id),
  job_id         text NOT NULL,
  status         text NOT NULL DEFAULT 'CREATED',
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  updated_at     timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT conversations_status_is_known CHECK (status IN ('CREATED', 'ONGOING', 'COMPLETED')),
  CONSTRAINT conversations_one_per_application UNIQUE (application_id),
  CONSTRAINT conversations_one_per_candidate_and_job UNIQUE (candidate_id, job_id),
  -- The two rows refer to each other, so one of the keys is checked at the commit.
  CONSTRAINT conversations_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX conversations_one_active_per_candidate
  ON conversations (candidate_id) WHERE status IN ('CREATED', 'ONGOING');
CREATE INDEX conversations_by_status ON conversations (status, created_at, id);
CREATE INDEX conversations_by_candidate ON conversations (candidate_id, created_at, id);
CREATE INDEX conversations_by_job ON conversations (job_id, status, created_at, id);
CREATE INDEX conversations_by_update ON conversations (status, updated_at);

ALTER TABLE applications ADD CONSTRAINT applications_conversation_id_fkey
  FOREIGN KEY (conversation_id) REFERENCES conversations (id);

CREATE FUNCTION conversations_status_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status, NEW.status) NOT IN (('CREATED', 'ONGOING'), ('ONGOING', 'COMPLETED')) THEN
    RAISE EXCEPTION 'a conversation cannot move from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER conversations_status_moves_forward BEFORE UPDATE ON conversations
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION conversations_status_moves_forward();
`;

const events = `
-- The outbox. A sequence number is taken at the insert, so transactions that commit late would be skipped by a reader that
-- follows it. Readers follow position, which is assigned after the commit.
CREATE TABLE events (
  id              uuid PRIMARY KEY,
  sequence_number bigint GENERATED ALWAYS AS IDENTITY,
  position        bigint,
  type            text NOT NULL,
  application_id  text NOT NULL,
  data            json NOT NULL,
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT events_type_is_known CHECK (
    type IN ('conversation.created', 'conversation.updated', 'application.rejected', 'application.deferred', 'application.failed'))
);
CREATE UNIQUE INDEX events_in_order ON events (position);
CREATE INDEX events_without_position ON events (sequence_number) WHERE position IS NULL;
CREATE INDEX events_by_application ON events (application_id, sequence_number);
CREATE INDEX events_by_created_at ON events USING brin (created_at); -- for reading the feed from a time on
CREATE SEQUENCE events_position OWNED BY events.position;

-- Numbers the committed events that have no position. One caller at a time: the lock is released when the positions are
-- visible, so they become visible in their order. One call is one transaction, so a process that stops cannot hold the lock.
CREATE FUNCTION assign_event_positions() RETURNS bigint LANGUAGE plpgsql
SET enable_seqscan = off -- a plan made while the table is empty would read the whole table when it is full
AS $$
DECLARE
  newest bigint;
BEGIN
  IF EXISTS (SELECT FROM events WHERE position IS NULL) THEN
    PERFORM pg_advisory_xact_lock(hashtext('conv.assign_event_positions'));
    UPDATE events SET position = numbered.position
    FROM (SELECT id, nextval('events_position') AS position
          FROM (SELECT id FROM events WHERE position IS NULL ORDER BY sequence_number LIMIT 5000) AS next) AS numbered
    WHERE events.id = numbered.id;
  END IF;
  SELECT max(position) INTO newest FROM events;
  RETURN coalesce(newest, 0);
END $$;
`;

const pushesAndTokens = `
-- How far the feed was enqueued for pushing to EVENTS_URL ('push'), and the newest position that was deleted ('pruned').
CREATE TABLE event_readers (
  name     text PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0
);

-- One row per event that is pushed. PARKED: given up until an operator sends it again.
CREATE TABLE event_deliveries (
  event_id         uuid PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
  application_id   text NOT NULL,
  position         bigint NOT NULL,
  status           text NOT NULL DEFAULT 'PENDING',
  attempts         integer NOT NULL DEFAULT 0,
  last_error       text,
  first_attempt_at timestamptz(3),
  delivered_at     timestamptz(3),
  CONSTRAINT event_deliveries_status_is_known CHECK (status IN ('PENDING', 'DELIVERED', 'PARKED'))
);
CREATE INDEX event_deliveries_open ON event_deliveries (application_id, position) WHERE status <> 'DELIVERED';
CREATE INDEX event_deliveries_by_position ON event_deliveries (position);

CREATE TABLE api_tokens (
  id           uuid PRIMARY KEY,
  name         text NOT NULL,
  token_hash   bytea NOT NULL,
  scopes       text[] NOT NULL, sender text, -- sender: the name that begins the ids of the applications that it sends
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  expires_at   timestamptz(3), revoked_at timestamptz(3),
  CONSTRAINT api_tokens_hash_is_unique UNIQUE (token_hash),
  CONSTRAINT api_tokens_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
  CONSTRAINT api_tokens_have_a_name CHECK (char_length(name) BETWEEN 1 AND 200),
  CONSTRAINT api_tokens_of_a_sender_can_send CHECK (sender IS NULL OR (sender ~ '^[a-z][a-z0-9_-]{0,31}$' AND 'applications:write' = ANY (scopes))),
  CONSTRAINT api_tokens_have_known_scopes CHECK (
    cardinality(scopes) > 0 AND scopes <@ ARRAY[
      'applications:read', 'applications:write', 'conversations:read', 'conversations:write', 'candidates:read', 'queues:admin', 'metrics:read'])
);
`;

export const up = candidates + applications + conversations + events + pushesAndTokens + SEARCH_INDEXES;

export const down = `
DROP TABLE api_tokens, event_deliveries, event_readers, events;
DROP FUNCTION assign_event_positions();
ALTER TABLE applications DROP CONSTRAINT applications_conversation_id_fkey;
DROP TABLE conversations, applications, candidates;
DROP FUNCTION conversations_status_moves_forward(), applications_stay_erased();
`;
