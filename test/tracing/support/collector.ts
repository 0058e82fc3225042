import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atEnd } from '../../support/cleanup';

/** A span as a collector receives it by OTLP in JSON. */
export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  links?: { traceId: string; spanId: string }[];
  attributes: { key: string; value: object }[];
  status: { code?: number };
  service: string;
}

interface Body {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: ReceivedSpan[] }[];
  }[];
}

export interface TestCollector {
  /** The value of OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  /** The spans of a trace, in the order in which they arrived. */
  trace(traceId: string): ReceivedSpan[];
  /** Everything that was received, as text. */
  text(): string;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function readSpans(text: string): ReceivedSpan[] {
  return (JSON.parse(text) as Body).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const name = resource.attributes.find(({ key }) => key === 'service.name');
    const service = name?.value.stringValue ?? '';
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })));
  });
}

/** A collector in this process that keeps what it receives at /v1/traces. */
export function useCollector(): TestCollector {
  const texts: string[] = [];
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    void readText(request).then((text) => {
      if (request.url !== '/v1/traces') return response.writeHead(404).end();
      texts.push(text);
      spans.push(...readSpans(text));
      return response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  const collector: TestCollector = {
    url: '',
    trace: (traceId) => spans.filter((span) => span.traceId === traceId),
    text: () => texts.join('\n'),
  };
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    collector.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  atEnd(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return collector;
}
