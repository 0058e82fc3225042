import type { Sequelize } from 'sequelize';

/**
 * Makes the database refuse to insert one candidate, as a fault that only some data causes.
 * @param fault `times`: how often it refuses; counted by a sequence, which a rollback does not undo
 * @returns a function that removes the fault
 */
export async function refuseCandidate(
  sequelize: Sequelize,
  candidateId: string,
  { sqlState, times = 1_000_000 }: { sqlState: string; times?: number },
): Promise<() => Promise<void>> {
  await sequelize.query(`
    CREATE SEQUENCE refusals;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.id = '${candidateId}' AND nextval('refusals') <= ${times} THEN
        RAISE EXCEPTION 'refused by the test' USING ERRCODE = '${sqlState}';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON candidates FOR EACH ROW EXECUTE FUNCTION refuse()`);
  return async () => {
    await sequelize.query('DROP FUNCTION refuse CASCADE; DROP SEQUENCE refusals');
  };
}

/** Returns how often the candidate was inserted or refused since then. */
export async function countRefusals(sequelize: Sequelize): Promise<number> {
  const [rows] = await sequelize.query(
    'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS times FROM refusals',
  );
  return Number((rows[0] as { times: string }).times);
}
