/** How the database decides applications and shows what it decided: src/conversations/decide.ts calls it. */
export const name = '002-decide';

const utc = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Rows as the API shows them: src/domain.ts, and the models' toView. */
const views = `
CREATE FUNCTION conversation_json(entry conversations) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_build_object('id', entry.id, 'application_id', entry.application_id, 'candidate_id', entry.candidate_id,
    'job_id', entry.job_id, 'status', entry.status, 'created_at', ${utc('entry.created_at')}, 'updated_at', ${utc('entry.updated_at')})
$$;

CREATE FUNCTION application_json(entry applications) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_build_object('id', entry.id, 'job_id', entry.job_id, 'candidate_id', entry.candidate_id, 'status', entry.status,
    'reason', entry.reason, 'conversation_id', entry.conversation_id,
    'received_at', ${utc('entry.received_at')}, 'processed_at', ${utc('entry.processed_at')})
$$;
`;

const parts = `
-- One of a batch: n is the order in which they are decided; conversation_id and event_id are for what may come of it.
CREATE TYPE delivery AS (
  n bigint, id text, job_id text, candidate_id text, payload jsonb, received_at timestamptz, replaces timestamptz,
  conversation_id uuid, conversation_at timestamptz, event_id uuid, event_at timestamptz
);

-- Whether what was decided is final. FAILED and DEFERRED ones are decided again; a rejection where a replay names it.
CREATE FUNCTION stands(known applications, replaces timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT known.status = 'ACCEPTED' OR known.status = 'REJECTED' AND known.processed_at IS DISTINCT FROM replaces
$$;
`;

/**
 * One call is one transaction where it is not inside of another: no process that stops in its midst can hold a lock for longer
 * than the call takes, and of many applications none waits for a round trip.
 */
export const decide = `
-- Decides a batch of applications, each once, in the order given: candidates, conversations, outcomes and events, or nothing.
--   batch   an array of deliveries
--   defer   what waits for the end of its candidate's conversation instead of being rejected
--   place   gives the events their positions at once; only where the call is the whole transaction, since it holds the lock
-- Returns an outcome for each; fresh where it was decided now.
CREATE FUNCTION decide_applications(batch json, decided_at timestamptz, defer boolean, place boolean)
RETURNS TABLE (application_id text, status text, reason text, conversation_id uuid, processed_at timestamptz, fresh boolean)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan -- the plans are always the same, and making them costs as much as deciding
SET enable_seqscan = off -- a plan made while the tables are empty would go on reading them whole when they are full
SET lock_timeout = '2s' -- a candidate that is held by something else must not hold up a whole batch
AS $$
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
  FROM unnest(deliveries) AS one CROSS JOIN LATERAL (SELECT payload->'candidate' AS candidate) AS who LEFT JOIN applications AS before ON before.id = one.id
  WHERE before.id IS NULL OR NOT stands(before, one.replaces)
  ORDER BY one.candidate_id, one.received_at DESC, one.n DESC
  ON CONFLICT (id) DO UPDATE SET phone_number = EXCLUDED.phone_number, first_name = EXCLUDED.first_name,
    last_name = EXCLUDED.last_name, email_address = EXCLUDED.email_address, updated_at = EXCLUDED.updated_at
  WHERE known.updated_at <= EXCLUDED.updated_at;

  -- 2. What another worker decided meanwhile stands.
  SELECT coalesce(array_agg(before), '{}') INTO standing
  FROM unnest(deliveries) AS one JOIN applications AS before ON before.id = one.id
  WHERE stands(before, one.replaces);

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
END $$;
`;

export const up = views + parts + decide;

export const down = `
DROP FUNCTION decide_applications(json, timestamptz, boolean, boolean);
DROP FUNCTION stands(applications, timestamptz);
DROP TYPE delivery;
DROP FUNCTION application_json(applications);
DROP FUNCTION conversation_json(conversations);
`;
