import { randomInt } from 'node:crypto';
import type { ApplicationView } from '../lib/domain';
import type { DevFile } from '../local/dev-file';
import { findFeedEnd, runDownstream } from './demo-downstream';
import { sendEvent, waitForOutcome } from './http-client';
import type { Io } from './io';
import { printLine } from './io';

const OUTCOME_WITHIN_MS = 20_000;

interface Step {
  title: string;
  event: object;
  /** The outcome that the domain rules require; the demo fails on any other. */
  expected: RegExp;
  explanation: string;
}

function buildEvent(id: string, job: string, candidate: string, phone = '+14155552671'): object {
  const person = { first_name: 'Jane', last_name: 'Doe', email_address: 'jane.doe@example.com' };
  return { id, job_id: job, candidate_id: candidate, candidate: { phone_number: phone, ...person } };
}

function describeOutcome({ status, reason, conversation_id }: ApplicationView): string {
  if (status === 'ACCEPTED') return `ACCEPTED, conversation ${conversation_id ?? ''}`;
  return reason === null ? status : `${status}, ${reason}`;
}

/** Sends one signed event, and prints conv's answer and the outcome. */
async function runStep(io: Io, dev: DevFile, step: Step): Promise<ApplicationView | null> {
  printLine(io, `\n${step.title}`);
  const result = await sendEvent(dev.url, { secret: dev.webhook_secret }, JSON.stringify(step.event));
  const replayed = result.redelivered ? ', Idempotent-Replayed: true' : '';
  printLine(io, `  POST /webhooks/applications → ${result.status}${replayed}`);
  const id = result.application?.id;
  const query = { url: dev.url, token: dev.token, timeoutMs: OUTCOME_WITHIN_MS };
  const application = id === undefined ? null : await waitForOutcome(query, id);
  const outcome = application ? describeOutcome(application) : `${result.status} ${result.problem ?? ''}`;
  printLine(io, `  ${outcome}`);
  printLine(io, `  ${step.explanation}`);
  if (!step.expected.test(outcome))
    throw new Error(`the demo expected ${step.expected.source}, but got ${outcome}`);
  return application;
}

/**
 * Sends sample events over HTTP to a running stack and prints what becomes of each.
 * @throws Error if an outcome differs from the domain rules
 */
export async function runDemo(io: Io, dev: DevFile): Promise<void> {
  const run = randomInt(1e9);
  const jane = `demo-candidate-${run}`;
  const cursor = await findFeedEnd(dev);
  const first = buildEvent(`demo-${run}-1`, 'job-cook', jane);

  const created = await runStep(io, dev, {
    title: '1. A candidate applies for a job',
    event: first,
    expected: /^ACCEPTED/,
    explanation: 'The candidate has no active conversation, so a new one is created.',
  });
  await runStep(io, dev, {
    title: '2. The same event is delivered again',
    event: first,
    expected: /^ACCEPTED/,
    explanation: 'An application has one outcome: the redelivery gets the first one and changes nothing.',
  });
  await runStep(io, dev, {
    title: '3. The same candidate applies for another job',
    event: buildEvent(`demo-${run}-2`, 'job-waiter', jane),
    expected: /^(REJECTED|DEFERRED), ACTIVE_CONVERSATION/,
    explanation: 'A candidate has at most one active conversation, and the first is still CREATED.',
  });

  printLine(
    io,
    '\n4. A messaging process (examples/downstream) reads the events and completes the conversation',
  );
  const id = created?.conversation_id ?? '';
  await runDownstream(io, dev, cursor, id);
  printLine(io, `  GET /conversations/${id} → COMPLETED`);

  await runStep(io, dev, {
    title: '5. The same candidate applies for the first job again',
    event: buildEvent(`demo-${run}-3`, 'job-cook', jane),
    expected: /^REJECTED, DUPLICATE_APPLICATION/,
    explanation: 'A candidate has at most one conversation per job, ever, even after it is COMPLETED.',
  });
  await runStep(io, dev, {
    title: '6. A phone number is too short',
    event: buildEvent(`demo-${run}-4`, 'job-cook', `${jane}-2`, '+1234567890'),
    expected: /^422/,
    explanation: 'Invalid input is refused at once, with each wrong field and the reason. Nothing is queued.',
  });
  printLine(io, `\nThe demo is complete. Show its applications: ./bin/conv apps list --candidate ${jane}`);
}
