import { FEED_EVENT_TYPES } from '../../../lib/domain';
import { encodingHeaders } from '../headers';
import { header, limitQuery, query, timeQuery, wordsQuery } from '../parameters';
import { anyOther, json, lacksScope, problems, TOKEN_PROBLEMS } from '../responses';
import type { Paths } from '../types';

const page = json('A page, or an endless stream', 'EventPage', encodingHeaders);

/** The operation of the event feed. */
export const eventPaths: Paths = {
  '/events': {
    get: {
      operationId: 'readEvents',
      summary: 'Read events in an order that never changes',
      description:
        'Pull, long poll with `wait`, or a stream of server-sent events with `Accept: text/event-stream`. ' +
        'The page `/docs` cannot show the stream, because it has no end. [Follow events](/docs/guides/follow-events) shows how.',
      tags: ['Events'],
      security: [{ token: ['conversations:read'] }],
      parameters: [
        query('after', "An event's id, next_cursor of the last answer, or latest", { type: 'string' }),
        timeQuery('created_after', 'Only events of this time or later'),
        query('tail', 'Begin with the newest events of these types, as many as this; without after', {
          type: 'integer',
          minimum: 0,
          maximum: 10_000,
          default: 0,
        }),
        wordsQuery('type', 'Only these types', FEED_EVENT_TYPES),
        limitQuery,
        query('wait', 'Seconds to wait for an event', {
          type: 'integer',
          minimum: 0,
          maximum: 60,
          default: 0,
        }),
        header('Last-Event-ID', 'Of a stream: the id that was received last; counts more than after'),
      ],
      responses: {
        200: {
          ...page,
          headers: {
            ...page.headers,
            'X-Accel-Buffering': {
              description: 'Of a stream: nginx must not buffer it',
              schema: { const: 'no' },
            },
          },
          content: {
            ...page.content,
            'text/event-stream': {
              schema: { type: 'string' },
              example:
                'id: 01a22209-2d22-713f-8ff4-050b4003498b\nevent: conversation.created\ndata: {"id":"01a22209-2d22-713f-8ff4-050b4003498b", …}\n\n',
            },
          },
        },
        ...problems([...TOKEN_PROBLEMS, 'GONE', 'INVALID'], {
          FORBIDDEN: lacksScope('conversations:read'),
          GONE: 'no event has the id that "after" names, or events after it were removed: read again from the beginning',
          INVALID: {
            pointer: '/wait',
            code: 'OUT_OF_RANGE',
            detail: 'invalid value "90": expected a whole number of seconds from 0 to 60',
          },
        }),
        ...anyOther,
      },
    },
  },
};
