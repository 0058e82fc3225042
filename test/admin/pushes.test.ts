import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { openSession, plainText, readPage, type Visit } from '../support/admin';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const web = useWeb(stores, useQueue());

let visit: Visit;
beforeAll(async () => {
  visit = await openSession(web, await tokenFor(stores, 'queues:admin'));
});

const event = applicationEvent();
let conversation: string;
beforeAll(async () => {
  conversation = await createConversation(stores, 'CREATED', event);
});

/** Returns the text of both pages that show the time line. */
const readBoth = async () => {
  const paths = [`/admin/applications/${event.id}`, `/admin/conversations/${conversation}`];
  return Promise.all(paths.map(async (path) => readPage(await visit(path))));
};

it('says that no receiver is set, and does not point to a push that is not there', async () => {
  for (const text of await readBoth()) {
    expect(text).toContain('Conversation created: CREATED event conversation.created not pushed');
    expect(text).toContain('event conversation.created: not pushed, because no receiver is set (EVENTS_URL)');
    expect(text).not.toContain('below');
  }
});

describe('once pushing is switched on', () => {
  beforeAll(() => switchPushingOn(stores.database));

  it('says of an older event that it is not pushed', async () => {
    for (const text of await readBoth()) expect(text).toContain('or because it is older than the receiver');
  });

  describe('an event', () => {
    beforeAll(async () => {
      const { id } = (await stores.database.events.findOne({ where: { applicationId: event.id } })) ?? {};
      const insert = `INSERT INTO event_deliveries (event_id, application_id, position)
        SELECT id, application_id, position FROM events WHERE id = :id`;
      await stores.database.sequelize.query(insert, { replacements: { id } });
    });

    it.each([
      [
        'is pushed',
        `status = 'PENDING', attempts = 2, last_error = 'HTTP 500'`,
        'push waiting after 2 attempts',
      ],
      [
        'was given up',
        `status = 'PARKED', attempts = 3, last_error = 'HTTP 500'`,
        'push given up after 3 attempts; an operator can send it again last error: HTTP 500',
      ],
      [
        'was pushed',
        `status = 'DELIVERED', attempts = 1, last_error = NULL, delivered_at = '2026-01-31T09:30:04.567Z'`,
        'pushed at 2026-01-31 09:30:04 UTC with 1 attempt',
      ],
    ])('that %s says so, with its attempts', async (_, columns, expected) => {
      await stores.database.sequelize.query(`UPDATE event_deliveries SET ${columns}`);
      for (const text of await readBoth()) expect(text).toContain(expected);
    });
  });
});

it('shows times to the second in UTC, and milliseconds in their attribute only', async () => {
  const html = await (await visit(`/admin/conversations/${conversation}`)).text();
  const main = /<main[^>]*>([^]*)<\/main>/.exec(html)?.[1] ?? '';
  expect(main).toMatch(/<time dateTime="[\d-]+T[\d:]+\.\d{3}Z">[\d-]{10} [\d:]{8} UTC<\/time>/i);
  expect(plainText(main)).not.toMatch(/\d{4}-\d\d-\d\d[T ][\d:]{8}(?! UTC)/);
});
