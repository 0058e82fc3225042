import { presentApplication } from '../../src/lib/present';
import fc from 'fast-check';
import { parseApplicationEvent } from '../../src/applications/application-event';
import type { ApplicationEvent } from '../../src/lib/domain';
import { ConvError } from '../../src/lib/errors';
import { processApplication } from '../support/applications';
import { clearTables, useDatabase } from '../support/database';
import { CANDIDATE, jobData } from '../support/factories';

const stores = useDatabase();

/** Any text, including lone surrogates and control characters, often near the length limits. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 260 }),
  fc.string({ unit: 'grapheme', maxLength: 130 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    "'",
    '\\',
    "\\'",
    '"',
    '%',
    '$1',
    ':id',
    '?',
    '{}',
    '\u2028',
    '\ufeff',
    '\ufffe',
    '\uffff',
    '\u{10ffff}',
    '\u200b',
  ),
);

const anyEvent = fc
  .record({ id: anyText, job_id: anyText, candidate_id: anyText, first_name: anyText, last_name: anyText })
  .map(({ first_name, last_name, ...ids }) => ({
    ...ids,
    candidate: { ...CANDIDATE, first_name, last_name },
  }));

function accepted(event: unknown): ApplicationEvent | null {
  try {
    return parseApplicationEvent(event);
  } catch (error) {
    if (error instanceof ConvError && error.code === 'INVALID') return null;
    throw error;
  }
}

it('stores and returns every text that validation accepts', async () => {
  let stored = 0;
  const property = fc.asyncProperty(anyEvent, async (raw) => {
    const event = accepted(raw);
    fc.pre(event !== null);
    await clearTables(stores);
    expect(await processApplication(stores.database, jobData(event))).toMatchObject({ status: 'ACCEPTED' });
    const row = await stores.database.applications.findByPk(event.id, { rejectOnEmpty: true });
    expect(row.payload).toEqual(event);
    expect(presentApplication(row)).toMatchObject({
      id: event.id,
      job_id: event.job_id,
      candidate_id: event.candidate_id,
    });
    const candidate = await stores.database.candidates.findByPk(event.candidate_id, { rejectOnEmpty: true });
    expect([candidate.firstName, candidate.lastName]).toEqual([
      event.candidate.first_name,
      event.candidate.last_name,
    ]);
    stored += 1;
  });
  await fc.assert(property, { numRuns: 100, maxSkipsPerRun: 1000 });
  expect(stored).toBeGreaterThanOrEqual(100);
});

/** Control characters and lone surrogates, which PostgreSQL, a log or a terminal cannot represent. */
const unstorable = fc.oneof(
  fc.integer({ min: 0, max: 0x1f }),
  fc.integer({ min: 0x7f, max: 0x9f }),
  fc.integer({ min: 0xd800, max: 0xdfff }),
);
const fields = fc.constantFrom('id', 'job_id', 'candidate_id', 'first_name', 'last_name');

it('refuses a character that cannot be stored, in every field and place', () => {
  const letters = fc.string({ unit: 'grapheme', maxLength: 20 });
  fc.assert(
    fc.property(fields, letters, unstorable, letters, (field, before, unit, after) => {
      const text = before + String.fromCharCode(unit) + after;
      const candidate = { ...CANDIDATE, ...(field.endsWith('_name') && { [field]: text }) };
      const event = {
        id: 'a',
        job_id: 'j',
        candidate_id: 'c',
        candidate,
        ...(!field.endsWith('_name') && { [field]: text }),
      };
      expect(accepted(event)).toBeNull();
    }),
    { numRuns: 300 },
  );
});
