import { randomInt } from 'node:crypto';
import type { ApplicationView } from '../lib/domain';
import type { DevFile } from '../local/dev-file';
import { awaitOutcome, deliver, type Answer } from './client';
import { endOfFeed, runDownstream } from './demo-downstream';
import type { Io } from './io';
import { printLine } from './io';

const DECIDED_WITHIN_MS = 20_000;

interface Chapter {
  title: string;
  event: object;
  /** What has to become of it, so that a demo that ends well has shown something. */
  expected: RegExp;
  because: string;
}

function eventOf(id: string, job: string, candidate: string, phone = '+14155552671'): object {
  const person = { first_name: 'Jane', last_name: 'Doe', email_address: 'jane.doe@example.com' };
  return { id, job_id: job, candidate_id: candidate, candidate: { phone_number: phone, ...person } };
}

function outcomeLine({ status, reason, conversation_id }: ApplicationView): string {
  if (status === 'ACCEPTED') return `ACCEPTED, conversation ${conversation_id ?? ''}`;
  return reason === null ? status : `${status}, ${reason}`;
}

/** Sends one event, signed, and says what conv answered and what became of it. */
async function play(io: Io, dev: DevFile, chapter: Chapter): Promise<ApplicationView | null> {
  printLine(io, `\n${chapter.title}`);
  const answer: Answer = await deliver(dev.url, dev.webhook_secret, JSON.stringify(chapter.event));
  const again = answer.redelivered ? ', Idempotent-Replayed: true' : '';
  printLine(io, `  POST /webhooks/applications → ${answer.status}${again}`);
  const decided =
    answer.application && (await awaitOutcome(dev.url, dev.token, answer.application.id, DECIDED_WITHIN_MS));
  const outcome = decided ? outcomeLine(decided) : `${answer.status} ${answer.problem ?? ''}`;
  printLine(io, `  ${outcome}`);
  printLine(io, `  ${chapter.because}`);
  if (!chapter.expected.test(outcome))
    throw new Error(`the demo expected ${chapter.expected.source}, got ${outcome}`);
  return decided ?? null;
}

/**
 * The whole story, through HTTP and signed, against a running stack.
 * @throws Error where an outcome is not the one that the rules of the domain give
 */
export async function tellStory(io: Io, dev: DevFile): Promise<void> {
  const run = randomInt(1e9);
  const jane = `demo-candidate-${run}`;
  const before = await endOfFeed(dev);
  const first = eventOf(`demo-${run}-1`, 'job-cook', jane);

  const created = await play(io, dev, {
    title: '1. A candidate applies',
    event: first,
    expected: /^ACCEPTED/,
    because: 'Nothing stands against it: the candidate has a conversation now.',
  });
  await play(io, dev, {
    title: '2. The same event is delivered again',
    event: first,
    expected: /^ACCEPTED/,
    because: 'One outcome per application id: the redelivery is told of the first and changes nothing.',
  });
  await play(io, dev, {
    title: '3. The same candidate applies for another job',
    event: eventOf(`demo-${run}-2`, 'job-waiter', jane),
    expected: /^(REJECTED|DEFERRED), ACTIVE_CONVERSATION/,
    because: 'One active conversation per candidate: the first is still CREATED.',
  });

  printLine(
    io,
    '\n4. The messaging process (examples/downstream) follows the events and takes the conversation to its end',
  );
  const id = created?.conversation_id ?? '';
  await runDownstream(io, dev, before, id);
  printLine(io, `  GET /conversations/${id} → COMPLETED`);

  await play(io, dev, {
    title: '5. The same candidate and job, under another application id',
    event: eventOf(`demo-${run}-3`, 'job-cook', jane),
    expected: /^REJECTED, DUPLICATE_APPLICATION/,
    because: 'One conversation per candidate and job, for ever, also when the first is COMPLETED.',
  });
  await play(io, dev, {
    title: '6. A phone number that is too short',
    event: eventOf(`demo-${run}-4`, 'job-cook', `${jane}-2`, '+1234567890'),
    expected: /^422/,
    because: 'Bad input is refused at the door, with the field and what is wrong; nothing is queued.',
  });
  printLine(io, `\nThat is all. Look again: ./bin/conv apps list --candidate ${jane}`);
}
