import { SCOPES } from '../../lib/domain';
import { applicationPaths } from './paths/applications';
import { candidatePaths } from './paths/candidates';
import { conversationPaths } from './paths/conversations';
import { eventPaths } from './paths/events';
import { servicePaths } from './paths/service';
import { webhookPaths } from './paths/webhooks';
import { pushedEvents } from './pushed-events';
import { schemas } from './schemas';
import { introduction } from './introduction';
import type { Paths } from './types';

export const paths: Paths = {
  ...webhookPaths,
  ...applicationPaths,
  ...conversationPaths,
  ...candidatePaths,
  ...eventPaths,
  ...servicePaths,
};

/** The OpenAPI 3.1 description of the HTTP API: the only source of `GET /openapi.json` and docs/openapi.json. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'conv',
    version: '0.1.0',
    summary: 'Accepts job applications by webhook, and turns each into a conversation.',
    description: introduction,
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/', description: 'The address that serves this description' }],
  tags: [
    { name: 'Applications', description: 'Send applications, and read what became of them' },
    { name: 'Conversations', description: 'Read and move conversations' },
    { name: 'Candidates', description: 'Personal data' },
    { name: 'Events', description: 'What happened, in order' },
    { name: 'Service', description: 'Health, description, pages of operators' },
  ],
  paths,
  webhooks: pushedEvents,
  components: {
    securitySchemes: {
      token: {
        type: 'http',
        scheme: 'bearer',
        description: `The token that an operator created, \`conv_…\`. Scopes: ${SCOPES.join(', ')}`,
      },
      password: {
        type: 'http',
        scheme: 'basic',
        description: 'For the queue board only: any user name, and a token with queues:admin as password',
      },
      receiver: {
        type: 'http',
        scheme: 'basic',
        description: 'Of pushed events: the user name and the password in EVENTS_URL, if it has them',
      },
      signature: {
        type: 'apiKey',
        in: 'header',
        name: 'webhook-signature',
        description:
          'Of senders (Standard Webhooks; also svix-signature). It is made of each body, so it cannot be entered in a browser: use a token there',
      },
    },
    schemas,
  },
};
