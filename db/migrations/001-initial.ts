/** The first schema. Constraints carry the names of the contract, because callers and operators meet them in errors. */
export const name = '001-initial';

export const up = `
CREATE TABLE candidates (
  id            text PRIMARY KEY,
  phone_number  text NOT NULL,
  first_name    text NOT NULL,
  last_name     text NOT NULL,
  email_address text NOT NULL,
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  updated_at    timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT candidates_id_has_1_to_255_characters CHECK (char_length(id) BETWEEN 1 AND 255),
  CONSTRAINT candidates_phone_number_is_e164 CHECK (phone_number ~ '^\\+[1-9][0-9]{1,14}$')
);

-- Every list is read in the order of an index that begins with what the list is filtered by: src/conversations/seek.ts.
CREATE TABLE applications (
  id              text PRIMARY KEY,
  job_id          text NOT NULL,
  candidate_id    text NOT NULL,
  status          text NOT NULL,
  reason          text,
  conversation_id uuid,
  payload         jsonb NOT NULL,
  received_at     timestamptz(3) NOT NULL,
  processed_at    timestamptz(3) NOT NULL,
  CONSTRAINT applications_id_has_1_to_255_characters CHECK (char_length(id) BETWEEN 1 AND 255),
  CONSTRAINT applications_status_is_known CHECK (status IN ('ACCEPTED', 'REJECTED', 'DEFERRED', 'FAILED')),
  CONSTRAINT applications_accepted_has_conversation CHECK ((status = 'ACCEPTED') = (conversation_id IS NOT NULL)),
  CONSTRAINT applications_only_accepted_has_no_reason CHECK ((status = 'ACCEPTED') = (reason IS NULL)),
  CONSTRAINT applications_rejection_is_known CHECK (
    status <> 'REJECTED' OR reason IN ('ACTIVE_CONVERSATION', 'DUPLICATE_APPLICATION'))
);
CREATE INDEX applications_by_status ON applications (status, received_at, id);
CREATE INDEX applications_by_candidate ON applications (candidate_id, received_at, id);
CREATE INDEX applications_deferred ON applications (candidate_id, received_at, id) WHERE status = 'DEFERRED';
CREATE INDEX applications_by_job ON applications (job_id, status, received_at, id);
CREATE INDEX applications_by_reason ON applications (reason, status, received_at, id) WHERE reason IS NOT NULL;

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
  -- The two rows point at each other, so one of the keys has to wait for the commit.
  CONSTRAINT conversations_application_id_fkey FOREIGN KEY (application_id)
    REFERENCES applications (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX conversations_one_active_per_candidate
  ON conversations (candidate_id) WHERE status IN ('CREATED', 'ONGOING');
CREATE INDEX conversations_by_status ON conversations (status, created_at, id);
CREATE INDEX conversations_by_candidate ON conversations (candidate_id, created_at, id);
CREATE INDEX conversations_by_job ON conversations (job_id, status, created_at, id);

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

-- written is given at the insert, before the commit: reading by it would skip rows. position is given after the
-- commit, by place_events(), and is what readers follow.
CREATE TABLE events (
  id             uuid PRIMARY KEY,
  written        bigint GENERATED ALWAYS AS IDENTITY,
  position       bigint,
  type           text NOT NULL,
  application_id text NOT NULL,
  data           json NOT NULL,
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT events_type_is_known CHECK (
    type IN ('conversation.created', 'conversation.updated', 'application.rejected'))
);
CREATE UNIQUE INDEX events_in_order ON events (position);
CREATE INDEX events_without_position ON events (written) WHERE position IS NULL;
CREATE INDEX events_by_application ON events (application_id, written);
-- For the retention alone, which may read a little more than it removes: costs nothing to keep.
CREATE INDEX events_by_created_at ON events USING brin (created_at);

-- One caller at a time; the lock is released when its positions are visible, so they become visible in their order.
CREATE SEQUENCE events_position OWNED BY events.position;
CREATE FUNCTION place_events() RETURNS bigint LANGUAGE plpgsql
SET enable_seqscan = off -- a plan made while the table is empty would go on reading it whole when it is full
AS $$
DECLARE
  newest bigint;
BEGIN
  IF EXISTS (SELECT FROM events WHERE position IS NULL) THEN
    PERFORM pg_advisory_xact_lock(hashtext('conv.place_events'));
    UPDATE events SET position = placed.position
    FROM (SELECT id, nextval('events_position') AS position
          FROM (SELECT id FROM events WHERE position IS NULL ORDER BY written LIMIT 5000) AS next) AS placed
    WHERE events.id = placed.id;
    NOTIFY conv_events;
  END IF;
  SELECT max(position) INTO newest FROM events;
  RETURN coalesce(newest, 0);
END $$;

-- What is pushed to EVENTS_URL, and how far the feed has been taken for it.
CREATE TABLE event_readers (
  name     text PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0
);
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
  scopes       text[] NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  expires_at   timestamptz(3),
  revoked_at   timestamptz(3),
  CONSTRAINT api_tokens_hash_is_unique UNIQUE (token_hash),
  CONSTRAINT api_tokens_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
  CONSTRAINT api_tokens_have_a_name CHECK (char_length(name) BETWEEN 1 AND 200),
  CONSTRAINT api_tokens_have_known_scopes CHECK (
    cardinality(scopes) > 0 AND scopes <@ ARRAY[
      'applications:write', 'conversations:read', 'conversations:write', 'queues:admin', 'metrics:read'])
);
`;

export const down = `
DROP TABLE api_tokens, event_deliveries, event_readers, events;
DROP FUNCTION place_events();
ALTER TABLE applications DROP CONSTRAINT applications_conversation_id_fkey;
DROP TABLE conversations, applications, candidates;
DROP FUNCTION conversations_status_moves_forward();
`;
