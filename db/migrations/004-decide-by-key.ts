import { decide } from './002-decide';

/**
 * What is known of a batch is looked up by key. As a join, with a plan made while the table was empty, it read every application
 * there was: `OFFSET 0` keeps the planner from turning the look-up into one.
 */
export const name = '004-decide-by-key';

/**
 * One call is one transaction where it is not inside of another: no process that stops in its midst can hold a lock for longer
 * than the call takes, and of many applications none waits for a round trip.
 */
export const up = `
-- Decides a batch of applications, each once, in the order given: candidates, conversations, outcomes and events, or nothing.
--   batch   an array of deliveries
--   defer   what waits for the end of its candidate's conversation instead of being rejected
--   place   gives the events their positions at once; only where the call is the whole transaction, since it holds the lock
-- Returns an outcome for each; fresh where it was decided now.
CREATE OR REPLACE FUNCTION decide_applications(batch json, decided_at timestamptz, defer boolean, place boolean)
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
END $$;
`;

export const down = decide.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION');
