-- The schema that the migrations create. Written by `npm run schema`; do not edit. A test fails when it is out of date.

CREATE TABLE api_tokens (
  id uuid NOT NULL,
  name text NOT NULL,
  token_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  sender text,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
  CONSTRAINT api_tokens_hash_is_unique UNIQUE (token_hash),
  CONSTRAINT api_tokens_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
  CONSTRAINT api_tokens_have_a_name CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
  CONSTRAINT api_tokens_have_known_scopes CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['applications:read'::text, 'applications:write'::text, 'conversations:read'::text, 'conversations:write'::text, 'candidates:read'::text, 'queues:admin'::text, 'metrics:read'::text]),
  CONSTRAINT api_tokens_of_a_sender_can_send CHECK (sender IS NULL OR sender ~ '^[a-z][a-z0-9_-]{0,31}$'::text AND ('applications:write'::text = ANY (scopes)))
);

CREATE TABLE applications (
  id text NOT NULL,
  job_id text NOT NULL,
  candidate_id text NOT NULL,
  status text NOT NULL,
  reason text,
  conversation_id uuid,
  payload jsonb,
  received_at timestamp(3) with time zone NOT NULL,
  processed_at timestamp(3) with time zone NOT NULL,
  dismissed_at timestamp(3) with time zone,
  dismissed_by text,
  CONSTRAINT applications_pkey PRIMARY KEY (id),
  CONSTRAINT applications_accepted_has_conversation CHECK ((status = 'ACCEPTED'::text) = (conversation_id IS NOT NULL)),
  CONSTRAINT applications_have_payload_until_settled CHECK (payload IS NOT NULL OR (status = ANY (ARRAY['ACCEPTED'::text, 'REJECTED'::text])) OR dismissed_at IS NOT NULL),
  CONSTRAINT applications_id_has_1_to_255_characters CHECK (char_length(id) >= 1 AND char_length(id) <= 255),
  CONSTRAINT applications_only_accepted_has_no_reason CHECK ((status = 'ACCEPTED'::text) = (reason IS NULL)),
  CONSTRAINT applications_only_failed_are_dismissed CHECK (dismissed_at IS NULL OR status = 'FAILED'::text AND dismissed_by <> ''::text),
  CONSTRAINT applications_rejection_is_known CHECK (status <> 'REJECTED'::text OR (reason = ANY (ARRAY['ACTIVE_CONVERSATION'::text, 'DUPLICATE_APPLICATION'::text]))),
  CONSTRAINT applications_status_is_known CHECK (status = ANY (ARRAY['ACCEPTED'::text, 'REJECTED'::text, 'DEFERRED'::text, 'FAILED'::text]))
);

CREATE TABLE candidates (
  id text NOT NULL,
  phone_number text,
  first_name text,
  last_name text,
  email_address text,
  erased_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT candidates_pkey PRIMARY KEY (id),
  CONSTRAINT candidates_have_data_unless_erased CHECK (num_nonnulls(phone_number, first_name, last_name, email_address) =
CASE
    WHEN erased_at IS NULL OR phone_number IS NOT NULL THEN 4
    ELSE 0
END),
  CONSTRAINT candidates_id_has_1_to_255_characters CHECK (char_length(id) >= 1 AND char_length(id) <= 255),
  CONSTRAINT candidates_phone_number_is_e164 CHECK (phone_number ~ '^\+[1-9][0-9]{1,14}$'::text)
);

CREATE TABLE conversations (
  id uuid NOT NULL,
  application_id text NOT NULL,
  candidate_id text NOT NULL,
  job_id text NOT NULL,
  status text DEFAULT 'CREATED'::text NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT conversations_pkey PRIMARY KEY (id),
  CONSTRAINT conversations_one_per_application UNIQUE (application_id),
  CONSTRAINT conversations_one_per_candidate_and_job UNIQUE (candidate_id, job_id),
  CONSTRAINT conversations_status_is_known CHECK (status = ANY (ARRAY['CREATED'::text, 'ONGOING'::text, 'COMPLETED'::text]))
);

CREATE TABLE event_deliveries (
  event_id uuid NOT NULL,
  application_id text NOT NULL,
  "position" bigint NOT NULL,
  status text DEFAULT 'PENDING'::text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  last_error text,
  first_attempt_at timestamp(3) with time zone,
  delivered_at timestamp(3) with time zone,
  CONSTRAINT event_deliveries_pkey PRIMARY KEY (event_id),
  CONSTRAINT event_deliveries_status_is_known CHECK (status = ANY (ARRAY['PENDING'::text, 'DELIVERED'::text, 'PARKED'::text]))
);

CREATE TABLE event_readers (
  name text NOT NULL,
  "position" bigint DEFAULT 0 NOT NULL,
  CONSTRAINT event_readers_pkey PRIMARY KEY (name)
);

CREATE TABLE events (
  id uuid NOT NULL,
  sequence_number bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "position" bigint,
  type text NOT NULL,
  application_id text NOT NULL,
  data json NOT NULL,
  trace json,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT events_pkey PRIMARY KEY (id),
  CONSTRAINT events_type_is_known CHECK (type = ANY (ARRAY['conversation.created'::text, 'conversation.updated'::text, 'application.rejected'::text, 'application.deferred'::text, 'application.failed'::text]))
);

CREATE OR REPLACE FUNCTION public.applications_stay_erased()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.assign_event_positions()
 RETURNS bigint
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.conversations_status_moves_forward()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF (OLD.status, NEW.status) NOT IN (('CREATED', 'ONGOING'), ('ONGOING', 'COMPLETED')) THEN
    RAISE EXCEPTION 'a conversation cannot move from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $function$;

ALTER TABLE applications ADD CONSTRAINT applications_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations(id);
ALTER TABLE conversations ADD CONSTRAINT conversations_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE conversations ADD CONSTRAINT conversations_candidate_id_fkey FOREIGN KEY (candidate_id) REFERENCES candidates(id);
ALTER TABLE event_deliveries ADD CONSTRAINT event_deliveries_event_id_fkey FOREIGN KEY (event_id) REFERENCES events(id) ON DELETE CASCADE;

CREATE INDEX applications_by_candidate ON applications USING btree (candidate_id, received_at, id);
CREATE INDEX applications_by_job ON applications USING btree (job_id, status, received_at, id);
CREATE INDEX applications_by_reason ON applications USING btree (reason, status, received_at, id) WHERE reason IS NOT NULL;
CREATE INDEX applications_by_status ON applications USING btree (status, received_at, id);
CREATE INDEX applications_deferred ON applications USING btree (candidate_id, received_at, id) WHERE status = 'DEFERRED'::text;
CREATE INDEX candidates_by_email_address ON candidates USING btree (lower(email_address));
CREATE INDEX candidates_by_first_name ON candidates USING btree (lower((first_name || ' '::text) || last_name) text_pattern_ops);
CREATE INDEX candidates_by_last_name ON candidates USING btree (lower((last_name || ' '::text) || first_name) text_pattern_ops);
CREATE INDEX candidates_by_phone_number ON candidates USING btree (reverse(phone_number) text_pattern_ops);
CREATE INDEX conversations_by_candidate ON conversations USING btree (candidate_id, created_at, id);
CREATE INDEX conversations_by_job ON conversations USING btree (job_id, status, created_at, id);
CREATE INDEX conversations_by_status ON conversations USING btree (status, created_at, id);
CREATE INDEX conversations_by_update ON conversations USING btree (status, updated_at);
CREATE UNIQUE INDEX conversations_one_active_per_candidate ON conversations USING btree (candidate_id) WHERE status = ANY (ARRAY['CREATED'::text, 'ONGOING'::text]);
CREATE INDEX event_deliveries_by_position ON event_deliveries USING btree ("position");
CREATE INDEX event_deliveries_open ON event_deliveries USING btree (application_id, "position") WHERE status <> 'DELIVERED'::text;
CREATE INDEX events_by_application ON events USING btree (application_id, sequence_number);
CREATE INDEX events_by_created_at ON events USING brin (created_at);
CREATE UNIQUE INDEX events_in_order ON events USING btree ("position");
CREATE INDEX events_without_position ON events USING btree (sequence_number) WHERE "position" IS NULL;

CREATE TRIGGER applications_stay_erased BEFORE INSERT OR UPDATE ON applications FOR EACH ROW EXECUTE FUNCTION applications_stay_erased();

CREATE TRIGGER conversations_status_moves_forward BEFORE UPDATE ON conversations FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status) EXECUTE FUNCTION conversations_status_moves_forward();
