import { ConvError } from '../../src/lib/errors';
import { toConvError } from '../../src/models/database-errors';
import { useDatabase } from '../support/database';
import { ISO_TIME } from '../support/matchers';
import { recordingLog } from '../support/recording-log';

const stores = useDatabase();

const PERSON = {
  id: 'candidate-of-the-log',
  phoneNumber: 'tel-4155552671',
  firstName: 'Rosalind',
  lastName: 'Franklin',
  emailAddress: 'rosalind@example.com',
};

/** Returns the error for a row that breaks a constraint: PostgreSQL puts the row into it, and Sequelize the parameters. */
async function databaseError(): Promise<Error> {
  try {
    await stores.database.candidates.create(PERSON);
  } catch (error) {
    return error as Error;
  }
  throw new Error('the database accepted the row');
}

function expectNothingPersonal(text: string): void {
  for (const value of Object.values(PERSON)) expect(text).not.toContain(value);
}

it('logs a database error without the personal data in its message and parameters', async () => {
  const error = await databaseError();
  expect(JSON.stringify(error)).toContain(PERSON.firstName); // Otherwise this test would prove nothing.
  const { log, lines } = recordingLog();
  log.error({ err: error }, 'failed');
  expectNothingPersonal(lines.join());
});

it('logs no error message that contains a parameter', async () => {
  const work = stores.database.sequelize.query('SELECT CAST(:name AS integer)', {
    replacements: { name: PERSON.firstName },
  });
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(String(error)).toContain(PERSON.firstName);
  const { log, lines } = recordingLog();
  log.error({ err: error }, 'failed');
  log.error({ err: toConvError(error) }, 'failed');
  expect(lines).toHaveLength(2);
  expectNothingPersonal(lines.join());
});

it('logs the cause of an error without personal data', async () => {
  const { log, lines } = recordingLog();
  log.error({ err: toConvError(await databaseError()) }, 'failed');
  expectNothingPersonal(lines.join());
  const [line] = lines.map((text) => JSON.parse(text) as { err: object });
  expect(line?.err).toMatchObject({
    type: 'ConvError',
    code: 'INVALID',
    message: 'a phone number is stored in E.164',
    cause: { type: 'SequelizeDatabaseError' },
  });
});

it('logs where an error occurred', () => {
  const { log, lines } = recordingLog();
  log.error({ err: new ConvError('INTERNAL', 'unforeseen', { cause: new TypeError('x') }) }, 'failed');
  expect(lines.join()).toContain('log.test.ts');
});

it.each([['a text'], [null], [undefined], [{ message: 'Rosalind' }]])(
  'logs a thrown value that is not an Error: %j',
  (thrown) => {
    const { log, lines } = recordingLog();
    log.error({ err: thrown }, 'failed');
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('Rosalind');
  },
);

it('writes one line of JSON with level, part and an ISO time', () => {
  const { log, lines } = recordingLog();
  log.info({ application_id: 'a' }, 'hello');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines.join())).toEqual({
    level: 'info',
    time: ISO_TIME,
    part: 'test',
    application_id: 'a',
    msg: 'hello',
  });
});

it('logs nothing at level silent', () => {
  const { log, lines } = recordingLog('silent');
  log.fatal('hello');
  expect(lines).toEqual([]);
});
