import { storesEnv } from '../support/cli';
import { useDatabase } from '../support/database';
import { findFinding, runDoctor } from '../support/doctor';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const findAdditions = () => findFinding(storesEnv(stores, queue), 'schema additions');

async function query(sql: string): Promise<void> {
  await stores.database.sequelize.query(sql);
}

/** Returns what doctor finds while the SQL is in force. */
async function findWith(sql: string, undo: string) {
  await query(sql);
  try {
    return await findAdditions();
  } finally {
    await query(undo);
  }
}

it('finds nothing in the schema that the migrations create', async () => {
  expect(await findAdditions()).toMatchObject({ level: 'ok' });
});

it('warns of a CHECK constraint with its definition and the remedy', async () => {
  await query(
    `ALTER TABLE conversations ADD CONSTRAINT conversations_job_check CHECK (job_id <> 'job-closed')`,
  );
  const { findings } = await runDoctor(storesEnv(stores, queue));
  await query('ALTER TABLE conversations DROP CONSTRAINT conversations_job_check');
  expect(findings.find(({ name }) => name === 'schema additions')).toEqual({
    name: 'schema additions',
    level: 'warning',
    detail:
      "conversations has constraint conversations_job_check, which is not conv's: CHECK (job_id <> 'job-closed'::text); " +
      'it may refuse applications or change rows',
    remedy:
      'remove what should not be there, and replay, or dismiss the applications that fail; see "Applications are FAILED" ' +
      'in docs/operations.md',
  });
  expect(findings.find(({ name }) => name === 'schema')).toMatchObject({ level: 'ok' });
});

it('writes names and definitions with line breaks in one line', async () => {
  const rule = "CASE WHEN id = 'a' THEN true ELSE length(id) > 1 END";
  const finding = await findWith(
    `ALTER TABLE applications ADD CONSTRAINT "two\nlines" CHECK (${rule})`,
    'ALTER TABLE applications DROP CONSTRAINT "two\nlines"',
  );
  expect(finding?.detail).toContain('constraint two lines');
  expect(finding?.detail).toContain('CASE WHEN id');
  expect(finding?.detail).not.toMatch(/\n/);
});

it.each([
  [
    'UNIQUE',
    'ALTER TABLE candidates ADD CONSTRAINT one_email UNIQUE (email_address)',
    'ALTER TABLE candidates DROP CONSTRAINT one_email',
    "candidates has constraint one_email, which is not conv's: UNIQUE (email_address)",
  ],
  [
    'EXCLUDE',
    'ALTER TABLE applications ADD CONSTRAINT one_job EXCLUDE USING btree (job_id WITH =)',
    'ALTER TABLE applications DROP CONSTRAINT one_job',
    "applications has constraint one_job, which is not conv's: EXCLUDE USING btree (job_id WITH =)",
  ],
  [
    'FOREIGN KEY that is not validated',
    `CREATE TABLE jobs (id text PRIMARY KEY);
      ALTER TABLE applications ADD CONSTRAINT known_job FOREIGN KEY (job_id) REFERENCES jobs NOT VALID`,
    'DROP TABLE jobs CASCADE',
    "applications has constraint known_job, which is not conv's: FOREIGN KEY (job_id) REFERENCES jobs(id) NOT VALID",
  ],
])('names a constraint %s', async (_kind, sql, undo, detail) => {
  expect((await findWith(sql, undo))?.detail).toContain(detail);
});

it('names a unique index, and no other index', async () => {
  const finding = await findWith(
    'CREATE UNIQUE INDEX one_per_job ON conversations (job_id); CREATE INDEX by_creation ON conversations (created_at)',
    'DROP INDEX one_per_job, by_creation',
  );
  expect(finding?.detail).toBe(
    "conversations has unique index one_per_job, which is not conv's: CREATE UNIQUE INDEX one_per_job ON conversations " +
      'USING btree (job_id); it may refuse applications or change rows',
  );
});

const TRIGGER_FUNCTION = `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`;
const TRIGGER = `${TRIGGER_FUNCTION};
  CREATE TRIGGER refuse_all BEFORE INSERT ON applications FOR EACH ROW EXECUTE FUNCTION refuse()`;

it('names a trigger', async () => {
  expect((await findWith(TRIGGER, 'DROP FUNCTION refuse CASCADE'))?.detail).toContain(
    "applications has trigger refuse_all, which is not conv's: CREATE TRIGGER refuse_all BEFORE INSERT ON applications " +
      'FOR EACH ROW EXECUTE FUNCTION refuse()',
  );
});

it('names no trigger that is disabled', async () => {
  const disabled = `${TRIGGER}; ALTER TABLE applications DISABLE TRIGGER refuse_all`;
  expect(await findWith(disabled, 'DROP FUNCTION refuse CASCADE')).toMatchObject({ level: 'ok' });
});

it('names each of several additions', async () => {
  const finding = await findWith(
    'ALTER TABLE events ADD CONSTRAINT b CHECK (true); ALTER TABLE candidates ADD CONSTRAINT a CHECK (true)',
    'ALTER TABLE events DROP CONSTRAINT b; ALTER TABLE candidates DROP CONSTRAINT a',
  );
  expect(finding?.detail).toBe(
    "candidates has constraint a, which is not conv's: CHECK (true); events has constraint b, which is not conv's: " +
      'CHECK (true); they may refuse applications or change rows',
  );
});

it('names what a partition has of its own, and nothing that it inherits', async () => {
  const finding = await findWith(
    `${TRIGGER_FUNCTION};
      ALTER TABLE candidates RENAME TO kept;
      CREATE TABLE candidates (LIKE kept INCLUDING CONSTRAINTS, CONSTRAINT k PRIMARY KEY (id), CONSTRAINT c CHECK (id <> 'x'))
        PARTITION BY HASH (id);
      CREATE UNIQUE INDEX u ON candidates (id, email_address);
      CREATE TRIGGER t BEFORE INSERT ON candidates FOR EACH ROW EXECUTE FUNCTION refuse();
      CREATE TABLE candidates_1 PARTITION OF candidates FOR VALUES WITH (MODULUS 1, REMAINDER 0);
      ALTER TABLE candidates_1 ADD CONSTRAINT d CHECK (id <> 'y');
      ALTER TABLE applications ADD CONSTRAINT f FOREIGN KEY (candidate_id) REFERENCES candidates`,
    'DROP TABLE candidates CASCADE; ALTER TABLE kept RENAME TO candidates; DROP FUNCTION refuse',
  );
  expect(finding?.detail.split('; ').map((part) => part.split(',')[0])).toEqual([
    'applications has constraint f',
    'candidates has constraint c',
    'candidates has constraint k',
    'candidates has trigger t',
    'candidates has unique index u',
    'candidates_1 has constraint d',
    'they may refuse applications or change rows',
  ]);
});

it("ignores tables that are not conv's, such as those of extensions", async () => {
  const other = 'CREATE TABLE spatial_ref_sys (id int PRIMARY KEY CHECK (id > 0), name text UNIQUE)';
  expect(await findWith(other, 'DROP TABLE spatial_ref_sys')).toMatchObject({ level: 'ok' });
});

it('does not advise to remove what a newer version of conv may have created', async () => {
  const finding = await findWith(
    `INSERT INTO schema_migrations (name) VALUES ('999-later');
      ALTER TABLE events ADD CONSTRAINT later CHECK (true)`,
    `DELETE FROM schema_migrations WHERE name = '999-later'; ALTER TABLE events DROP CONSTRAINT later`,
  );
  expect(finding).toMatchObject({
    level: 'warning',
    remedy: "run `conv doctor` of the version that has the database's migrations: 999-later",
  });
});

it('advises to migrate first, while migrations are pending', async () => {
  const finding = await findWith(
    `DELETE FROM schema_migrations; ALTER TABLE events ADD CONSTRAINT dropped_later CHECK (true)`,
    `INSERT INTO schema_migrations (name) VALUES ('001-initial'); ALTER TABLE events DROP CONSTRAINT dropped_later`,
  );
  expect(finding?.remedy).toBe('run `conv db migrate`, then `conv doctor` again');
});
