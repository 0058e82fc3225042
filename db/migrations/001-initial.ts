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
  CONSTRAINT applications_status_is_known CHECK (status IN ('ACCEPTED', 'REJECTED', 'FAILED')),
  CONSTRAINT applications_accepted_has_conversation CHECK ((status = 'ACCEPTED') = (conversation_id IS NOT NULL)),
  CONSTRAINT applications_only_accepted_has_no_reason CHECK ((status = 'ACCEPTED') = (reason IS NULL)),
  CONSTRAINT applications_rejection_is_known CHECK (
    status <> 'REJECTED' OR reason IN ('ACTIVE_CONVERSATION', 'DUPLICATE_APPLICATION'))
);
CREATE INDEX applications_by_received_at ON applications (received_at, id);
CREATE INDEX applications_by_status ON applications (status, received_at, id);
CREATE INDEX applications_by_candidate ON applications (candidate_id, received_at, id);
CREATE INDEX applications_by_job ON applications (job_id, received_at, id);

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
CREATE INDEX conversations_by_status ON conversations (status, id);
CREATE INDEX conversations_by_candidate ON conversations (candidate_id, id);
CREATE INDEX conversations_by_job ON conversations (job_id, id);
CREATE INDEX conversations_by_created_at ON conversations (created_at);

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

-- transaction_id lets a reader leave out what is younger than a transaction still running: ids are given
-- before commits, so reading by position alone would skip rows.
CREATE TABLE events (
  id             uuid PRIMARY KEY,
  position       bigint GENERATED ALWAYS AS IDENTITY,
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  type           text NOT NULL,
  application_id text NOT NULL,
  data           jsonb NOT NULL,
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT events_type_is_known CHECK (
    type IN ('conversation.created', 'conversation.updated', 'application.rejected'))
);
CREATE UNIQUE INDEX events_in_order ON events (transaction_id, position);
CREATE INDEX events_by_application ON events (application_id, transaction_id, position);

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
DROP TABLE api_tokens, events;
ALTER TABLE applications DROP CONSTRAINT applications_conversation_id_fkey;
DROP TABLE conversations, applications, candidates;
DROP FUNCTION conversations_status_moves_forward();
`;
