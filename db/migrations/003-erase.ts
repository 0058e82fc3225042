/** What erasing a candidate leaves, and that it stays so: src/conversations/erase.ts does it. */
export const name = '003-erase';

const columns = ['phone_number', 'first_name', 'last_name', 'email_address'];

const candidates = `
-- erased_at is the newest erasure; what was received until then is never stored again. Data beside it was received later.
ALTER TABLE candidates
  ${columns.map((column) => `ALTER COLUMN ${column} DROP NOT NULL`).join(',\n  ')},
  ADD COLUMN erased_at timestamptz(3),
  ADD CONSTRAINT candidates_have_data_unless_erased CHECK (
    num_nonnulls(${columns.join(', ')}) = CASE WHEN erased_at IS NULL OR phone_number IS NOT NULL THEN 4 ELSE 0 END);
`;

/**
 * An erasure and a worker that has the candidate's application in its hands come in either order. Where the erasure was first,
 * the decision is refused as a whole, and only the failure is kept, without the data.
 */
const applications = `
CREATE FUNCTION applications_stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER applications_stay_erased BEFORE INSERT OR UPDATE ON applications
  FOR EACH ROW EXECUTE FUNCTION applications_stay_erased();
`;

export const up = candidates + applications;

/** Those that were erased get something that the columns take; it is nobody's. */
export const down = `
DROP TRIGGER applications_stay_erased ON applications;
DROP FUNCTION applications_stay_erased();
ALTER TABLE candidates DROP CONSTRAINT candidates_have_data_unless_erased;
UPDATE candidates SET phone_number = '+10', first_name = 'erased', last_name = 'erased', email_address = 'erased'
WHERE phone_number IS NULL;
ALTER TABLE candidates DROP COLUMN erased_at,
  ${columns.map((column) => `ALTER COLUMN ${column} SET NOT NULL`).join(',\n  ')};
`;
