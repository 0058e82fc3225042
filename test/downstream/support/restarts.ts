import { eraseCandidate } from '../../../src/candidates/erase';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { useDatabase } from '../../support/database';
import { eventually } from '../../support/eventually';
import { applicationEvent, CANDIDATE } from '../../support/factories';
import { useQueue } from '../../support/queue';
import { post } from '../../support/web';
import { prepareDownstream, type Downstream } from './downstream';

const RESTARTS = 20;
const SENT_AT_ONCE = 20;
const WITHIN_MS = 600_000;

jest.setTimeout(2_400_000); // 21 processes and 5,000 requests take their time on a busy machine.

/** Returns an event of a person with a name and a number of their own. */
function eventOf(n: number): ApplicationEvent {
  const number = `+491512${String(1_000_000 + n)}`;
  return applicationEvent({ candidate: { ...CANDIDATE, first_name: `Jane-${n}`, phone_number: number } });
}

const greeting = ({ candidate }: ApplicationEvent) => ({
  to: candidate.phone_number,
  text: `Hello ${candidate.first_name}, thank you for your application!`,
});

const byNumber = (a: { to: string }, b: { to: string }) => a.to.localeCompare(b.to);

/** Defines the tests of a messaging process. Kills come at any point of its work, since the messages are counted from outside. */
export function testRestarts(language: 'node' | 'python', conversations: number): void {
  const stores = useDatabase();
  const queue = useQueue();
  const events = Array.from({ length: conversations }, (_, n) => eventOf(n));
  let downstream: Downstream;

  const count = (where: Record<string, string>) => stores.database.conversations.count({ where });

  async function send(all: ApplicationEvent[]): Promise<void> {
    const expected = (await count({})) + all.length;
    // As senders do, it sends again what a busy conv answers with 503.
    const deliver = (event: ApplicationEvent) =>
      eventually(async () => (await post(downstream.web, event)).status === 202);
    for (let n = 0; n < all.length; n += SENT_AT_ONCE)
      await Promise.all(all.slice(n, n + SENT_AT_ONCE).map(deliver));
    await eventually(async () => (await count({})) === expected, WITHIN_MS);
  }

  beforeAll(async () => {
    downstream = await prepareDownstream(stores, queue, language);
  });

  it(`writes one message to each of ${conversations} candidates, though it is killed ${RESTARTS} times`, async () => {
    await send(events);
    for (let run = 1; run <= RESTARTS; run++) {
      const running = downstream.start();
      const sent = Math.floor((run * conversations) / (RESTARTS + 1));
      await eventually(() => downstream.countSent() >= sent, WITHIN_MS);
      await running.kill();
      expect(downstream.countSent()).toBeLessThan(conversations);
    }
    const last = downstream.start();
    await eventually(async () => (await count({ status: 'COMPLETED' })) === conversations, WITHIN_MS);
    await last.kill();
    expect((await downstream.readSent()).sort(byNumber)).toMatchObject(events.map(greeting).sort(byNumber));
  });

  it('skips a candidate who was erased, and says so', async () => {
    const [erased, next] = [eventOf(conversations), eventOf(conversations + 1)];
    await send([erased]);
    await eraseCandidate(stores.database, queue.applications, erased.candidate_id);
    await send([next]);
    const before = downstream.countSent();
    const running = downstream.start();
    await eventually(() => count({ applicationId: next.id, status: 'COMPLETED' }), WITHIN_MS);
    await running.kill();
    expect(running.output()).toContain('the candidate was erased, skipped');
    expect((await downstream.readSent()).slice(before)).toMatchObject([greeting(next)]);
  });
}
