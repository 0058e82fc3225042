import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { FeedEvent } from '../../../src/lib/domain';
import { createSecret, parseSecrets } from '../../../src/lib/signature';
import { atEnd } from '../../support/cleanup';

/** What the receiver does with a request: answers with a status, breaks the connection, or never answers. */
export type Behaviour =
  'reset' | 'hang' | { status: number; headers?: Record<string, string>; body?: string };

export interface Attempt {
  event: FeedEvent;
  webhookId: string;
  authorization: string | undefined;
  behaviour: Behaviour;
}

export interface TestReceiver {
  url: string;
  /** Of EVENTS_SECRET. */
  secret: string;
  key: Buffer;
  /** Every request, in the order in which they came. All were authentic: any other is a fault. */
  attempts: Attempt[];
  faults: unknown[];
  /** The events that were taken, each at its first success. */
  taken(): FeedEvent[];
  /** Says what it does from now on. */
  behave(how: (event: FeedEvent) => Behaviour): void;
  /** Takes it off the network; `back` puts it there again. */
  away(): Promise<void>;
  back(): Promise<void>;
}

const OK: Behaviour = { status: 204 };

const isTaken = ({ behaviour }: Attempt) =>
  typeof behaviour === 'object' && behaviour.status >= 200 && behaviour.status < 300;

function firstsOf(events: FeedEvent[]): FeedEvent[] {
  const seen = new Set<string>();
  return events.filter(({ id }) => seen.size < seen.add(id).size);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour === 'reset') response.destroy();
  else if (behaviour !== 'hang')
    response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body ?? '');
}

/** A real HTTP server in this process that checks every request with the reference implementation. */
export function useReceiver(): TestReceiver {
  const secret = createSecret();
  const webhook = new Webhook(secret);
  const attempts: Attempt[] = [];
  const faults: unknown[] = [];
  let decide: (event: FeedEvent) => Behaviour = () => OK;
  let server: Server;
  let port = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const headers = request.headers as Record<string, string>;
      const event = webhook.verify(await bodyOf(request), headers) as FeedEvent;
      const behaviour = decide(event);
      const { authorization } = request.headers;
      attempts.push({ event, webhookId: headers['webhook-id'] ?? '', authorization, behaviour });
      answer(response, behaviour);
    } catch (error) {
      if (request.destroyed && !request.complete) return; // The sender was killed in the middle of it.
      faults.push(error);
      response.writeHead(401).end();
    }
  }

  async function open(): Promise<void> {
    server = createServer((request, response) => void handle(request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  }

  async function shut(): Promise<void> {
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
    taken: () => firstsOf(attempts.filter(isTaken).map(({ event }) => event)),
    behave: (how) => (decide = how),
    away: shut,
    back: open,
  };
  beforeAll(async () => {
    await open();
    receiver.url = `http://127.0.0.1:${port}/hook?of=conv`;
  });
  beforeEach(() => {
    attempts.length = 0;
    faults.length = 0;
    decide = () => OK;
  });
  afterEach(() => expect(faults).toEqual([]));
  atEnd(shut);
  return receiver;
}
