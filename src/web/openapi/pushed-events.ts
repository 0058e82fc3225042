import { FEED_EVENT_TYPES } from '../../lib/domain';
import { header } from './parameters';
import { ref } from './schema-parts';
import type { Json } from './types';

const parameters = [
  header('webhook-id', "The event's id; use it to recognise a repeated event", true),
  header('webhook-timestamp', 'Seconds since 1970', true),
  header('webhook-signature', 'v1, and HMAC-SHA256 with EVENTS_SECRET in base64 (Standard Webhooks)', true),
  header('traceparent', 'W3C Trace Context, if the operator records traces'),
  header('tracestate', "The sender's, with traceparent"),
];

const schemaName = (type: string) =>
  type.startsWith('conversation.') ? 'ConversationEvent' : 'OutcomeEvent';

/** What workers post to EVENTS_URL, by type of event. */
export const pushedEvents: Record<string, Json> = Object.fromEntries(
  FEED_EVENT_TYPES.map((type) => [
    type,
    {
      post: {
        operationId: `push.${type}`,
        summary: `Workers post each ${type} event to EVENTS_URL`,
        tags: ['Events'],
        security: [{}, { receiver: [] }],
        parameters,
        requestBody: {
          required: true,
          content: { 'application/json': { schema: ref(schemaName(type)) } },
        },
        responses: {
          '2XX': { description: 'Within 15 seconds: delivered' },
          410: { description: 'Pushing stops until an operator runs conv events resume' },
          default: { description: 'Tried again for 24 hours' },
        },
      },
    },
  ]),
);
