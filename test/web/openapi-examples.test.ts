import { randomUUID } from 'node:crypto';
import { eraseCandidate } from '../../src/candidates/erase';
import type { ErrorCode, FieldProblem } from '../../src/lib/errors';
import { openapi, paths } from '../../src/web/openapi/document';
import type { Json, Method } from '../../src/web/openapi/types';
import { createConversation, createRejected } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { problemOf, type Problem } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, post, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

/** Ids, times and the names of tokens differ in each request. */
function withoutNames(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/(application|candidate)-[\w-]+/g, '$1-<id>')
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>')
    .replace(/the token "[^"]*"/g, 'the token "<name>"');
}

const comparable = ({ type, title, status, detail, errors }: Problem) => ({
  type,
  title,
  status,
  detail: withoutNames(detail),
  ...(errors && { errors }),
});

/** Returns the example of a code that an operation shows. */
function exampleOf(operation: string, code: ErrorCode): Problem {
  const [method = '', path = ''] = operation.split(' ');
  const { responses = {} } = paths[path]?.[method.toLowerCase() as Method] ?? {};
  const examples = Object.values(responses).flatMap(({ content }) => {
    const problem = content?.['application/problem+json'] as
      { examples?: Record<string, { value: Problem }> } | undefined;
    return problem?.examples?.[code]?.value ?? [];
  });
  if (!examples[0]) throw new Error(`${operation} shows no ${code}`);
  return examples[0];
}

const callForbidden = async (method: string, path: string) => {
  const headers = { Authorization: `Bearer ${await tokenFor(stores, 'queues:admin')}` };
  const request = { method, headers: { ...headers, 'Content-Type': 'application/json' } };
  return fetch(web.url + path, method === 'GET' ? request : { ...request, body: '{}' });
};

async function sendOther(): Promise<Response> {
  const event = applicationEvent();
  await post(web, event);
  return post(web, { ...event, job_id: 'other' });
}

async function sendInvalid(): Promise<Response> {
  const event = applicationEvent();
  return post(web, { ...event, candidate: { ...event.candidate, email_address: 'jane' } });
}

async function replayAccepted(): Promise<Response> {
  const event = applicationEvent();
  await createConversation(stores, 'CREATED', event);
  return call(web, 'POST', `/applications/${event.id}/replay`);
}

async function replayErased(): Promise<Response> {
  const { id, candidate_id } = await createRejected(stores);
  await eraseCandidate(stores.database, queue.applications, candidate_id);
  return call(web, 'POST', `/applications/${id}/replay`);
}

async function readErased(): Promise<Response> {
  const { candidate_id } = await createRejected(stores);
  await eraseCandidate(stores.database, queue.applications, candidate_id);
  return call(web, 'GET', `/candidates/${candidate_id}`);
}

async function move(status: string, etag?: string): Promise<Response> {
  const id = await createConversation(stores);
  const headers = { Authorization: `Bearer ${web.token}`, 'Content-Type': 'application/json' };
  return fetch(`${web.url}/conversations/${id}`, {
    method: 'PATCH',
    headers: { ...headers, ...(etag && { 'If-Match': etag }) },
    body: JSON.stringify({ status }),
  });
}

const SEND = 'POST /webhooks/applications';
const READ_APPLICATION = 'GET /applications/{id}';
const REPLAY = 'POST /applications/{id}/replay';
const MOVE = 'PATCH /conversations/{id}';
const get = (path: string) => () => call(web, 'GET', path);

const CAUSES: [operation: string, code: ErrorCode, cause: () => Promise<Response>][] = [
  [SEND, 'CONFLICT', sendOther],
  [SEND, 'INVALID', sendInvalid],
  [SEND, 'NOT_AUTHENTIC', () => post(web, applicationEvent(), { 'webhook-signature': 'v1,AAAA' })],
  [SEND, 'FORBIDDEN', () => callForbidden('POST', '/webhooks/applications')],
  ['GET /applications', 'INVALID', get('/applications?limit=0')],
  ['GET /applications', 'FORBIDDEN', () => callForbidden('GET', '/applications')],
  [READ_APPLICATION, 'NOT_FOUND', get('/applications/application-unknown')],
  [READ_APPLICATION, 'INVALID', get('/applications/unknown?include=replays')],
  [REPLAY, 'NOT_FOUND', () => call(web, 'POST', '/applications/application-unknown/replay')],
  [REPLAY, 'CONFLICT', replayAccepted],
  [REPLAY, 'ERASED', replayErased],
  ['GET /conversations', 'INVALID', get('/conversations?limit=0')],
  ['GET /conversations/{id}', 'NOT_FOUND', get(`/conversations/${randomUUID()}`)],
  ['GET /conversations/{id}', 'INVALID', get(`/conversations/${randomUUID()}?include=event`)],
  [MOVE, 'CONFLICT', () => move('COMPLETED')],
  [MOVE, 'PRECONDITION_FAILED', () => move('ONGOING', '"other"')],
  [MOVE, 'INVALID', () => move('DONE')],
  ['GET /candidates/{id}', 'NOT_FOUND', get('/candidates/candidate-unknown')],
  ['GET /candidates/{id}', 'GONE', readErased],
  ['GET /events', 'GONE', get(`/events?after=${randomUUID()}`)],
  ['GET /events', 'INVALID', get('/events?wait=90')],
  ['GET /docs/guides/{name}', 'NOT_FOUND', get('/docs/guides/webhook')],
];

it.each(CAUSES)('%s shows the %s that it answers', async (operation, code, cause) => {
  const example = exampleOf(operation, code);
  const problem = await problemOf(await cause(), example.status, code);
  expect(comparable(problem)).toEqual(comparable(example));
});

it('shows the wrong field in every example of invalid input', () => {
  const examples = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, { responses }]) => responses['422'] !== undefined)
      .map(([method]) => exampleOf(`${method} ${path}`, 'INVALID')),
  );
  const fields = examples.map(({ errors }): FieldProblem[] => errors ?? []);
  expect(fields.filter((one) => one.length !== 1)).toEqual([]);
});

it('says of the feed that its last page has a cursor too', () => {
  const schemas: Record<string, Json> = openapi.components.schemas;
  const describeCursor = (name: string) =>
    (schemas[name]?.['properties'] as Record<string, Json>)['next_cursor']?.['description'];
  expect(describeCursor('EventPage')).toContain('also on the last page');
  expect(describeCursor('ConversationPage')).toBe('Where the next page starts; null on the last page.');
});
