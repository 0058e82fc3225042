/** The part of 001-initial.ts about the outbox of events, their pushes, and API tokens. */

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
  trace           json, -- The trace context of its push.
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
  scopes       text[] NOT NULL,
  sender       text, -- The name that begins the ids of the applications that it sends.
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  expires_at   timestamptz(3),
  revoked_at   timestamptz(3),
  CONSTRAINT api_tokens_hash_is_unique UNIQUE (token_hash),
  CONSTRAINT api_tokens_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
  CONSTRAINT api_tokens_have_a_name CHECK (char_length(name) BETWEEN 1 AND 200),
  CONSTRAINT api_tokens_of_a_sender_can_send CHECK (sender IS NULL OR (sender ~ '^[a-z][a-z0-9_-]{0,31}$' AND 'applications:write' = ANY (scopes))),
  CONSTRAINT api_tokens_have_known_scopes CHECK (
    cardinality(scopes) > 0 AND scopes <@ ARRAY[
      'applications:read', 'applications:write', 'conversations:read', 'conversations:write', 'candidates:read', 'queues:admin', 'metrics:read'])
);
`;

export const eventTables = events + pushesAndTokens;
