import { checkExchange, type Exchange } from '../support/openapi/check-exchange';

const CONVERSATION = {
  id: '01a22209-2630-7369-8f6a-b1823b7f9f21',
  application_id: 'application-1',
  candidate_id: 'candidate-1',
  job_id: 'job-1',
  status: 'CREATED',
  created_at: '2026-11-28T12:02:34.672Z',
  updated_at: '2026-11-28T12:02:34.672Z',
};

const EXCHANGE: Exchange = {
  method: 'GET',
  template: '/conversations/{id}',
  querystring: 'include=candidate',
  requestHeaders: {},
  requestBody: '',
  status: 200,
  headers: { 'x-request-id': 'mine', vary: 'Accept-Encoding', etag: '"a"' },
  mediaType: 'application/json',
  body: CONVERSATION,
};

const MOVE: Exchange = {
  ...EXCHANGE,
  method: 'PATCH',
  querystring: '',
  headers: { 'x-request-id': 'mine', etag: '"a"' },
  requestBody: '{"status":"ONGOING"}',
};

async function violations(exchange: Exchange): Promise<string[]> {
  return (await checkExchange(exchange)).violations;
}

it.each([
  ['GET', EXCHANGE],
  ['PATCH', MOVE],
])('accepts an exchange that is described: %s', async (_, exchange) => {
  expect(await violations(exchange)).toEqual([]);
});

it.each<[string, Partial<Exchange>]>([
  ['a route', { template: '/conversations/{id}/events' }],
  ['a request that no route handled', { template: null }],
  ['a method', { method: 'PATCH', template: '/conversations' }],
  ['a parameter', { querystring: 'colour=red' }],
  ['a value of a parameter', { querystring: 'include=job' }],
  ['a header', { headers: { ...EXCHANGE.headers, 'x-new': '1' } }],
  ['the lack of a header', { headers: { 'x-request-id': 'mine', vary: 'Accept-Encoding' } }],
  ['a media type', { mediaType: 'text/html' }],
  ['a field', { body: { ...CONVERSATION, colour: 'red' } }],
  ['the lack of a field', { body: { ...CONVERSATION, status: undefined } }],
  ['a value of a field', { body: { ...CONVERSATION, status: 'OPEN' } }],
  ['a status', { status: 204, headers: { 'x-request-id': 'mine' } }],
  [
    'a problem',
    {
      status: 404,
      headers: { 'x-request-id': 'mine' },
      mediaType: 'application/problem+json',
      body: { type: 'urn:conv:problem:lost', title: 'Lost', status: 404, detail: 'x', request_id: 'mine' },
    },
  ],
])('refuses %s that is not described', async (_, change) => {
  expect(await violations({ ...EXCHANGE, ...change })).toHaveLength(1);
});

it('refuses a body that is accepted against the description', async () => {
  expect(await violations({ ...MOVE, requestBody: '{"status":"OPEN"}' })).toHaveLength(1);
});
