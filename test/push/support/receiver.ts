import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { FeedEvent } from '../../../src/lib/domain';
import { createSecret, parseSecrets } from '../../../src/lib/signature';
import { atEnd } from '../../support/cleanup';
import { checkPush } from '../../support/openapi/check-push';
import { writeRecording } from '../../support/openapi/record';

/** How the receiver treats a request: answers with a status, resets the connection, or never answers. */
export type Behaviour =
  'reset' | 'hang' | { status: number; headers?: Record<string, string>; body?: string };

export interface Attempt {
  event: FeedEvent;
  webhookId: string;
  authorization: string | undefined;
  traceparent: string | undefined;
  behaviour: Behaviour;
}

export interface TestReceiver {
  url: string;
  /** The value of EVENTS_SECRET. */
  secret: string;
  key: Buffer;
  /** Every authentic request, in the order of arrival. */
  attempts: Attempt[];
  /** Requests that were not authentic or differ from the OpenAPI description; a test with any fails. */
  faults: unknown[];
  /** Returns the events that were answered with success, each once, in the order of their first success. */
  accepted(): FeedEvent[];
  /** Sets how it treats requests from now on. */
  behave(how: (event: FeedEvent) => Behaviour): void;
  /** Stops listening, so that connections are refused. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
}

const OK: Behaviour = { status: 204 };

const isAccepted = ({ behaviour }: Attempt) =>
  typeof behaviour === 'object' && behaviour.status >= 200 && behaviour.status < 300;

function firstOfEach(events: FeedEvent[]): FeedEvent[] {
  const seen = new Set<string>();
  return events.filter(({ id }) => seen.size < seen.add(id).size);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour === 'reset') response.destroy();
  else if (behaviour !== 'hang')
    response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body ?? '');
}

/** A real HTTP server in this process that verifies every request with the reference implementation of Standard Webhooks. */
export function useReceiver(): TestReceiver {
  const secret = createSecret();
  const webhook = new Webhook(secret);
  const attempts: Attempt[] = [];
  const faults: unknown[] = [];
  const exercised = new Set<string>();
  let behaviourFor: (event: FeedEvent) => Behaviour = () => OK;
  let server: Server;
  let port = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const headers = request.headers as Record<string, string>;
      const event = webhook.verify(await readBody(request), headers) as FeedEvent;
      const finding = checkPush({ headers, body: event });
      for (const key of finding.exercised) exercised.add(key);
      faults.push(...finding.violations);
      const behaviour = behaviourFor(event);
      const { authorization } = request.headers;
      const traceparent = headers['traceparent'];
      attempts.push({ event, webhookId: headers['webhook-id'] ?? '', authorization, traceparent, behaviour });
      answer(response, behaviour);
    } catch (error) {
      if (request.destroyed && !request.complete) return; // The sender was killed while it sent this.
      faults.push(error);
      response.writeHead(401).end();
    }
  }

  async function start(): Promise<void> {
    server = createServer((request, response) => void handle(request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  }

  async function stop(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  const receiver: TestReceiver = {
    url: '',
    secret,
    key: parseSecrets(secret)[0] as Buffer,
    attempts,
    faults,
    accepted: () => firstOfEach(attempts.filter(isAccepted).map(({ event }) => event)),
    behave: (how) => (behaviourFor = how),
    stop,
    start,
  };
  beforeAll(async () => {
    await start();
    receiver.url = `http://127.0.0.1:${port}/hook?of=conv`;
  });
  beforeEach(() => {
    attempts.length = 0;
    faults.length = 0;
    behaviourFor = () => OK;
  });
  afterEach(() => expect(faults).toEqual([]));
  atEnd(stop);
  atEnd(() => writeRecording(exercised));
  return receiver;
}
