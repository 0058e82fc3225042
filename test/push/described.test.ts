import { moveConversation } from '../../src/conversations/move';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { FEED_EVENT_TYPES } from '../../src/lib/domain';
import { connectDatabase } from '../../src/models/connect';
import type { Tracing } from '../../src/tracing/tracing';
import {
  createConversation,
  createFailed,
  createRejected,
  processApplication,
} from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent, jobData } from '../support/factories';
import { checkPush } from '../support/openapi/check-push';
import { useQueue } from '../support/queue';
import { recordSpans } from '../tracing/support/recorded-spans';
import { newTrace } from '../tracing/support/traceparent';
import { usePushing } from './support/pushing';
import { useReceiver } from './support/receiver';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();
const pushing = usePushing(stores, queue, receiver);

/** Causes an event of each type, as parts of the trace of a sender. */
async function causeEvents(tracing: Tracing): Promise<void> {
  const database = connectDatabase(stores.url, { tracing });
  atEnd(() => database.sequelize.close());
  const traced = { ...stores, database };
  await tracing.run('cause', { parent: { ...newTrace(), tracestate: 'sender=1' } }, async () => {
    await moveConversation(database, await createConversation(traced), 'ONGOING');
    const { candidate_id } = await createRejected(traced);
    await processApplication(database, jobData(applicationEvent({ candidate_id })), 'defer');
    await createFailed(traced);
  });
}

it('pushes each described type of event, with each described header', async () => {
  const { tracing } = recordSpans();
  await switchPushingOn(stores.database);
  await causeEvents(tracing);
  const url = receiver.url.replace('//', '//user:password@');
  pushing.start({}, { to: { ...receiver, url }, tracing });
  const pushedTypes = () => new Set(receiver.accepted().map(({ type }) => type));
  await eventually(() => pushedTypes().size === FEED_EVENT_TYPES.length);
  expect(pushedTypes()).toEqual(new Set(FEED_EVENT_TYPES));
});

describe('a push that differs from the description fails its test:', () => {
  const headers = {
    'content-type': 'application/json',
    'webhook-id': '01a22209-2646-718d-b0fa-d8490ac2a033',
    'webhook-timestamp': '1800000000',
    'webhook-signature': 'v1,AAAA',
  };
  const body = {
    id: headers['webhook-id'],
    type: 'application.rejected',
    created_at: '2026-01-31T09:30:00.000Z',
    data: {
      id: 'application-1',
      job_id: 'job-1',
      candidate_id: 'candidate-1',
      status: 'REJECTED',
      reason: 'ACTIVE_CONVERSATION',
      conversation_id: null,
      received_at: '2026-01-31T09:30:00.000Z',
      processed_at: '2026-01-31T09:30:00.000Z',
    },
  };

  it.each([
    ['no difference', { headers, body }, []],
    [
      'a header',
      { headers: { ...headers, 'x-new': '1' }, body },
      ['push application.rejected: header x-new is not described'],
    ],
    [
      'no signature',
      { headers: { ...headers, 'webhook-signature': undefined }, body },
      ['push application.rejected: header webhook-signature is missing'],
    ],
    [
      'a field',
      { headers, body: { ...body, more: 1 } },
      ['push application.rejected: data must NOT have additional properties'],
    ],
    ['a type', { headers, body: { ...body, type: 'new' } }, ['push new is not described']],
  ])('%s', (_, push, violations) => {
    const present = Object.entries(push.headers).filter(([, value]) => value !== undefined);
    expect(checkPush({ ...push, headers: Object.fromEntries(present) }).violations).toEqual(violations);
  });
});
