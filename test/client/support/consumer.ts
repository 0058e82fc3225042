/** A program outside this repository that uses conv/client, and checks that answers are typed and not `any`. */
export const CONSUMER = `
import { ConvApiError, createClient, followEvents, unwrap, verifyPush } from 'conv/client';
import type { ApplicationEvent, Candidate, Conversation, FeedEvent, ProblemType } from 'conv/client';

const client = createClient({ url: process.env.CONV_URL ?? '', token: process.env.CONV_TOKEN });
export const verify = (body: Buffer, secret: string): FeedEvent => verifyPush(body, {}, secret);
export const event: ApplicationEvent['candidate'] extends Omit<Candidate, 'id'> ? true : never = true;

async function main(): Promise<void> {
  const end = new AbortController();
  const options = { after: null, types: ['conversation.created'], signal: end.signal } as const;
  for await (const { type, data } of followEvents(client, options)) {
    const created: 'conversation.created' = type;
    const params = { path: { id: data.id }, query: { include: ['candidate' as const] } };
    const conversation = await unwrap(client.GET('/conversations/{id}', { params }));
    const status: Conversation['status'] & ('CREATED' | 'ONGOING' | 'COMPLETED') = conversation.status;
    // @ts-expect-error there is no such field
    void conversation.nothing;
    // @ts-expect-error there is no such status
    void client.PATCH('/conversations/{id}', { params, body: { status: 'OPEN' } }).catch(() => undefined);
    const phone: string | undefined = conversation.candidate?.phone_number;
    console.log([created, status, phone].join(' '));
    end.abort();
  }
  const missing = await unwrap(client.GET('/candidates/{id}', { params: { path: { id: 'nobody' } } })).catch(
    (error: unknown) => error,
  );
  const expected: ProblemType = 'urn:conv:problem:not-found';
  console.log(missing instanceof ConvApiError && missing.type === expected);
}
void main();
`;
