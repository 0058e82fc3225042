import { recordFailure } from '../../src/applications/record-failure';
import { processApplication } from '../support/applications';
import { clearTables, useDatabase } from '../support/database';
import { applicationEvent, jobData } from '../support/factories';
import { countRows } from '../support/rows';

const stores = useDatabase();
beforeEach(() => clearTables(stores));

/** Makes every INSERT into a table fail while the work runs. */
async function whileBroken(table: string, work: () => Promise<void>): Promise<void> {
  const { sequelize } = stores.database;
  await sequelize.query(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER broken BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION broken()`);
  try {
    await work();
  } finally {
    await sequelize.query(`DROP FUNCTION broken CASCADE`);
  }
}

it.each(['candidates', 'conversations', 'applications', 'events'])(
  'leaves no rows behind when writing %s fails',
  async (table) => {
    await whileBroken(table, async () => {
      const work = processApplication(stores.database, jobData(applicationEvent()));
      await expect(work).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      expect(await countRows(stores.database.sequelize)).toEqual([0, 0, 0, 0]);
    });
  },
);

it('leaves no rows behind when the commit fails', async () => {
  const { sequelize } = stores.database;
  await sequelize.query(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = 'disk_full'; END $$;
    CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON candidates DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION broken()`);
  const work = processApplication(stores.database, jobData(applicationEvent()));
  await expect(work).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  expect(await countRows(sequelize)).toEqual([0, 0, 0, 0]);
  await sequelize.query('DROP FUNCTION broken CASCADE');
});

it('writes no event for a rejection that could not be stored', async () => {
  const first = applicationEvent();
  await processApplication(stores.database, jobData(first));
  await whileBroken('applications', async () => {
    const second = jobData(applicationEvent({ candidate_id: first.candidate_id }));
    await expect(processApplication(stores.database, second)).rejects.toMatchObject({ retry: 'outage' });
  });
  expect(await stores.database.events.count()).toBe(1);
});

it('processes the application normally after the failure', async () => {
  const event = jobData(applicationEvent());
  await whileBroken('events', () => expect(processApplication(stores.database, event)).rejects.toBeDefined());
  expect(await processApplication(stores.database, event)).toMatchObject({ status: 'ACCEPTED' });
  expect(await countRows(stores.database.sequelize)).toEqual([1, 1, 1, 1]);
});

describe('recordFailure', () => {
  const event = applicationEvent();
  const statusAndReason = async () => {
    const row = await stores.database.applications.findByPk(event.id);
    return [row?.status, row?.reason];
  };

  it('stores a FAILED row with the reason', async () => {
    await recordFailure(stores.database, jobData(event), 'it broke');
    expect(await statusAndReason()).toEqual(['FAILED', 'it broke']);
  });

  it('replaces an earlier failure', async () => {
    await recordFailure(stores.database, jobData(event), 'it broke');
    await recordFailure(stores.database, jobData(event), 'it broke otherwise');
    expect(await statusAndReason()).toEqual(['FAILED', 'it broke otherwise']);
  });

  it('keeps an ACCEPTED outcome', async () => {
    await processApplication(stores.database, jobData(event));
    await recordFailure(stores.database, jobData(event), 'it broke');
    expect(await statusAndReason()).toEqual(['ACCEPTED', null]);
  });

  it('keeps a rejection', async () => {
    await processApplication(
      stores.database,
      jobData(applicationEvent({ candidate_id: event.candidate_id })),
    );
    await processApplication(stores.database, jobData(event));
    await recordFailure(stores.database, jobData(event), 'it broke');
    expect(await statusAndReason()).toEqual(['REJECTED', 'ACTIVE_CONVERSATION']);
  });
});
