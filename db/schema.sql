-- What the migrations produce. Not edited by hand: `npm run schema` writes it, a test keeps it true.

CREATE TABLE api_tokens (
  id uuid NOT NULL,
  name text NOT NULL,
  token_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
  CONSTRAINT api_tokens_hash_is_unique UNIQUE (token_hash),
  CONSTRAINT api_tokens_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
  CONSTRAINT api_tokens_have_a_name CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
  CONSTRAINT api_tokens_have_known_scopes CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['applications:write'::text, 'conversations:read'::text, 'conversations:write'::text, 'queues:admin'::text, 'metrics:read'::text])
);

CREATE TABLE applications (
  id text NOT NULL,
  job_id text NOT NULL,
  candidate_id text NOT NULL,
  status text NOT NULL,
  reason text,
  conversation_id uuid,
  payload jsonb NOT NULL,
  received_at timestamp(3) with time zone NOT NULL,
  processed_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT applications_pkey PRIMARY KEY (id),
  CONSTRAINT applications_accepted_has_conversation CHECK ((status = 'ACCEPTED'::text) = (conversation_id IS NOT NULL)),
  CONSTRAINT applications_id_has_1_to_255_characters CHECK (char_length(id) >= 1 AND char_length(id) <= 255),
  CONSTRAINT applications_only_accepted_has_no_reason CHECK ((status = 'ACCEPTED'::text) = (reason IS NULL)),
  CONSTRAINT applications_rejection_is_known CHECK (status <> 'REJECTED'::text OR (reason = ANY (ARRAY['ACTIVE_CONVERSATION'::text, 'DUPLICATE_APPLICATION'::text]))),
  CONSTRAINT applications_status_is_known CHECK (status = ANY (ARRAY['ACCEPTED'::text, 'REJECTED'::text, 'DEFERRED'::text, 'FAILED'::text]))
);

CREATE TABLE candidates (
  id text NOT NULL,
  phone_number text,
  first_name text,
  last_name text,
  email_address text,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  erased_at timestamp(3) with time zone,
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
  written bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "position" bigint,
  type text NOT NULL,
  application_id text NOT NULL,
  data json NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT events_pkey PRIMARY KEY (id),
  CONSTRAINT events_type_is_known CHECK (type = ANY (ARRAY['conversation.created'::text, 'conversation.updated'::text, 'application.rejected'::text]))
);

CREATE TYPE delivery AS (
  n bigint,
  id text,
  job_id text,
  candidate_id text,
  payload jsonb,
  received_at timestamp with time zone,
  replaces timestamp with time zone,
  conversation_id uuid,
  conversation_at timestamp with time zone,
  event_id uuid,
  event_at timestamp with time zone
);

CREATE OR REPLACE FUNCTION public.application_json(entry applications)
 RETURNS json
 LANGUAGE sql
 STABLE
AS $function$
  SELECT json_build_object('id', entry.id, 'job_id', entry.job_id, 'candidate_id', entry.candidate_id, 'status', entry.status,
    'reason', entry.reason, 'conversation_id', entry.conversation_id,
    'received_at', to_char(entry.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'processed_at', to_char(entry.processed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
$function$;

CREATE OR REPLACE FUNCTION public.applications_stay_erased()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.payload->'candidate' = 'null'
    OR EXISTS (SELECT FROM candidates WHERE id = NEW.candidate_id AND erased_at >= NEW.received_at)
  THEN
    IF NEW.status <> 'FAILED' AND (TG_OP = 'INSERT' OR NEW.processed_at <> OLD.processed_at) THEN
      RAISE EXCEPTION 'application % is of a candidate who was erased after it was received', NEW.id
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    NEW.payload := NEW.payload || '{"candidate": null}';
  END IF;
  RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.conversation_json(entry conversations)
 RETURNS json
 LANGUAGE sql
 STABLE
AS $function$
  SELECT json_build_object('id', entry.id, 'application_id', entry.application_id, 'candidate_id', entry.candidate_id,
    'job_id', entry.job_id, 'status', entry.status, 'created_at', to_char(entry.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'updated_at', to_char(entry.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
$function$;

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

CREATE OR REPLACE FUNCTION public.decide_applications(batch json, decided_at timestamp with time zone, defer boolean, place boolean)
 RETURNS TABLE(application_id text, status text, reason text, conversation_id uuid, processed_at timestamp with time zone, fresh boolean)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET lock_timeout TO '2s'
AS $function$
#variable_conflict use_column
DECLARE
  deliveries delivery[] := ARRAY(SELECT one FROM json_populate_recordset(NULL::delivery, batch) AS one);
  standing applications[];
  created conversations[];
  decided applications[];
BEGIN
  -- 1. The candidates, which are then locked: whatever else is decided or moved for them comes before this, or after. In the
  --    order of their ids, so that two batches do not wait for each other. Only newer data replaces what is known.
  INSERT INTO candidates AS known (id, phone_number, first_name, last_name, email_address, created_at, updated_at)
  SELECT DISTINCT ON (one.candidate_id) one.candidate_id, candidate->>'phone_number', candidate->>'first_name',
    candidate->>'last_name', candidate->>'email_address', one.received_at, one.received_at
  FROM unnest(deliveries) AS one CROSS JOIN LATERAL (SELECT payload->'candidate' AS candidate) AS who
  LEFT JOIN LATERAL (SELECT known AS entry FROM applications AS known WHERE known.id = one.id OFFSET 0) AS before ON true
  WHERE stands(before.entry, one.replaces) IS NOT TRUE
  ORDER BY one.candidate_id, one.received_at DESC, one.n DESC
  ON CONFLICT (id) DO UPDATE SET phone_number = EXCLUDED.phone_number, first_name = EXCLUDED.first_name,
    last_name = EXCLUDED.last_name, email_address = EXCLUDED.email_address, updated_at = EXCLUDED.updated_at
  WHERE known.updated_at <= EXCLUDED.updated_at;

  -- 2. What another worker decided meanwhile stands.
  SELECT coalesce(array_agg(before.entry), '{}') INTO standing FROM unnest(deliveries) AS one
  CROSS JOIN LATERAL (SELECT known AS entry FROM applications AS known WHERE known.id = one.id OFFSET 0) AS before
  WHERE stands(before.entry, one.replaces);

  -- 3. The conversations. The constraints decide: where one stands against it, there is no row.
  WITH inserted AS (
    INSERT INTO conversations (id, application_id, candidate_id, job_id, status, created_at, updated_at)
    SELECT one.conversation_id, one.id, one.candidate_id, one.job_id, 'CREATED', one.conversation_at, one.conversation_at
    FROM unnest(deliveries) AS one
    WHERE one.id NOT IN (SELECT other.id FROM unnest(standing) AS other)
    ORDER BY one.n
    ON CONFLICT DO NOTHING
    RETURNING conversations AS entry
  ) SELECT coalesce(array_agg(entry), '{}') INTO created FROM inserted;

  -- 4. The outcomes. One ever per candidate and job weighs more than one active per candidate: it is final.
  WITH refused AS (
    SELECT one.id, CASE
      WHEN EXISTS (SELECT FROM conversations AS other WHERE other.candidate_id = one.candidate_id
        AND other.job_id = one.job_id AND other.application_id <> one.id) THEN 'DUPLICATE_APPLICATION'
      WHEN EXISTS (SELECT FROM conversations AS other WHERE other.candidate_id = one.candidate_id
        AND other.status IN ('CREATED', 'ONGOING') AND other.application_id <> one.id) THEN 'ACTIVE_CONVERSATION'
    END AS reason
    FROM unnest(deliveries) AS one
    WHERE one.id NOT IN (SELECT other.id FROM unnest(standing) AS other)
      AND one.id NOT IN (SELECT other.application_id FROM unnest(created) AS other)
  ), saved AS (
    INSERT INTO applications AS known
      (id, job_id, candidate_id, payload, received_at, processed_at, status, reason, conversation_id)
    SELECT one.id, one.job_id, one.candidate_id, one.payload, one.received_at, decided_at,
      CASE WHEN conversation.id IS NOT NULL THEN 'ACCEPTED'
           WHEN refused.reason = 'ACTIVE_CONVERSATION' AND defer THEN 'DEFERRED' ELSE 'REJECTED' END,
      refused.reason, conversation.id
    FROM unnest(deliveries) AS one
    LEFT JOIN unnest(created) AS conversation ON conversation.application_id = one.id
    LEFT JOIN refused ON refused.id = one.id
    WHERE conversation.id IS NOT NULL OR refused.reason IS NOT NULL
    -- Here before and not final. A deferred one keeps its turn.
    ON CONFLICT (id) DO UPDATE SET job_id = EXCLUDED.job_id, candidate_id = EXCLUDED.candidate_id, payload = EXCLUDED.payload,
      received_at = CASE known.status WHEN 'DEFERRED' THEN known.received_at ELSE EXCLUDED.received_at END,
      processed_at = EXCLUDED.processed_at, status = EXCLUDED.status, reason = EXCLUDED.reason,
      conversation_id = EXCLUDED.conversation_id
    WHERE NOT stands(known, (SELECT one.replaces FROM unnest(deliveries) AS one WHERE one.id = known.id))
    RETURNING known AS entry
  ) SELECT coalesce(array_agg(entry), '{}') INTO decided FROM saved;
  IF cardinality(decided) + cardinality(standing) <> cardinality(deliveries) THEN
    RAISE EXCEPTION 'what stood against an application changed meanwhile' USING ERRCODE = 'serialization_failure';
  END IF;

  -- 5. The events that tell of it. Those that were written before and have no position yet come before them.
  IF place AND cardinality(decided) > 0 THEN
    PERFORM pg_advisory_xact_lock(hashtext('conv.place_events'));
    WHILE EXISTS (SELECT FROM events WHERE position IS NULL) LOOP
      PERFORM place_events();
    END LOOP;
  END IF;
  INSERT INTO events (id, position, type, application_id, data, created_at)
  SELECT event_id, CASE WHEN place THEN nextval('events_position') END, type, id, data, event_at FROM (
    SELECT one.n, one.event_id, one.event_at, one.id, 'conversation.created' AS type, conversation_json(entry) AS data
    FROM unnest(deliveries) AS one JOIN unnest(created) AS entry ON entry.application_id = one.id
    UNION ALL
    SELECT one.n, one.event_id, one.event_at, one.id, 'application.rejected', application_json(entry)
    FROM unnest(deliveries) AS one JOIN unnest(decided) AS entry ON entry.id = one.id WHERE entry.status = 'REJECTED'
    ORDER BY n
  ) AS told;

  RETURN QUERY
    SELECT entry.id, entry.status, entry.reason, entry.conversation_id, entry.processed_at, true FROM unnest(decided) AS entry
    UNION ALL
    SELECT entry.id, entry.status, entry.reason, entry.conversation_id, entry.processed_at, false FROM unnest(standing) AS entry;
END $function$;

CREATE OR REPLACE FUNCTION public.place_events()
 RETURNS bigint
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.stands(known applications, replaces timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT known.status = 'ACCEPTED' OR known.status = 'REJECTED' AND known.processed_at IS DISTINCT FROM replaces
$function$;

ALTER TABLE applications ADD CONSTRAINT applications_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations(id);
ALTER TABLE conversations ADD CONSTRAINT conversations_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE conversations ADD CONSTRAINT conversations_candidate_id_fkey FOREIGN KEY (candidate_id) REFERENCES candidates(id);
ALTER TABLE event_deliveries ADD CONSTRAINT event_deliveries_event_id_fkey FOREIGN KEY (event_id) REFERENCES events(id) ON DELETE CASCADE;

CREATE INDEX applications_by_candidate ON applications USING btree (candidate_id, received_at, id);
CREATE INDEX applications_by_job ON applications USING btree (job_id, status, received_at, id);
CREATE INDEX applications_by_reason ON applications USING btree (reason, status, received_at, id) WHERE reason IS NOT NULL;
CREATE INDEX applications_by_status ON applications USING btree (status, received_at, id);
CREATE INDEX applications_deferred ON applications USING btree (candidate_id, received_at, id) WHERE status = 'DEFERRED'::text;
CREATE INDEX conversations_by_candidate ON conversations USING btree (candidate_id, created_at, id);
CREATE INDEX conversations_by_job ON conversations USING btree (job_id, status, created_at, id);
CREATE INDEX conversations_by_status ON conversations USING btree (status, created_at, id);
CREATE UNIQUE INDEX conversations_one_active_per_candidate ON conversations USING btree (candidate_id) WHERE status = ANY (ARRAY['CREATED'::text, 'ONGOING'::text]);
CREATE INDEX event_deliveries_by_position ON event_deliveries USING btree ("position");
CREATE INDEX event_deliveries_open ON event_deliveries USING btree (application_id, "position") WHERE status <> 'DELIVERED'::text;
CREATE INDEX events_by_application ON events USING btree (application_id, written);
CREATE INDEX events_by_created_at ON events USING brin (created_at);
CREATE UNIQUE INDEX events_in_order ON events USING btree ("position");
CREATE INDEX events_without_position ON events USING btree (written) WHERE "position" IS NULL;

CREATE TRIGGER applications_stay_erased BEFORE INSERT OR UPDATE ON applications FOR EACH ROW EXECUTE FUNCTION applications_stay_erased();

CREATE TRIGGER conversations_status_moves_forward BEFORE UPDATE ON conversations FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status) EXECUTE FUNCTION conversations_status_moves_forward();
