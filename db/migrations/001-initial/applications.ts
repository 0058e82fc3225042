/** Part of 001-initial.ts: candidates, applications and conversations, each after the tables that it refers to. */

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
  dismissed_at    timestamptz(3), -- An operator dealt with the failure.
  dismissed_by    text,
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

export const applicationTables = candidates + applications + conversations;
