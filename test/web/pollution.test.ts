import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { findJob } from '../../src/queue/applications';
import { call, signed, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

function send(body: string): Promise<Response> {
  const headers = signed(web.secret, body);
  return fetch(`${web.url}/webhooks/applications`, { method: 'POST', headers, body });
}

afterEach(() => {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

const polluting = (name: string) => `"${name}":{"polluted":true,"prototype":{"polluted":true}}`;

it.each(['__proto__', 'constructor', 'prototype'])(
  '%s in an event is an unknown field and is not stored',
  async (name) => {
    const event = applicationEvent();
    const inner = JSON.stringify(event.candidate).replace('{', `{${polluting(name)},`);
    const body = JSON.stringify({ ...event, candidate: 0 })
      .replace('"candidate":0', `"candidate":${inner}`)
      .replace('{', `{${polluting(name)},`);
    expect((await send(body)).status).toBe(202);
    const found = await findJob(queue.applications, event.id);
    expect(found?.job.data.event).toEqual(event);
  },
);

it.each(['__proto__', 'constructor', 'toString'])('%s does not supply missing fields', async (name) => {
  expect((await send(`{"${name}":${JSON.stringify(applicationEvent())}}`)).status).toBe(422);
});

it.each([
  '__proto__[polluted]=true',
  '__proto__.polluted=true',
  '__proto__=polluted',
  'constructor[prototype][polluted]=true',
  'toString=1',
])('?%s is an unknown parameter', async (query) => {
  for (const path of ['/conversations', '/applications', '/events'])
    expect([path, (await call(web, 'GET', `${path}?${query}`)).status]).toEqual([path, 422]);
});

it('a move does not read its status from the prototype', async () => {
  const body = JSON.parse('{"__proto__":{"status":"ONGOING"}}') as unknown;
  expect((await call(web, 'PATCH', '/conversations/0198', body)).status).toBe(422);
});
