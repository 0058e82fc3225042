import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { prepareDownstream, type Downstream } from './support/downstream';

const stores = useDatabase();
const queue = useQueue();
let downstream: Downstream;

beforeAll(async () => {
  downstream = await prepareDownstream(stores, queue, 'node');
});

async function postMessage(body: string, key?: string): Promise<{ status: number; body: unknown }> {
  const headers = {
    'Content-Type': 'application/json',
    ...(key !== undefined && { 'Idempotency-Key': key }),
  };
  const response = await fetch(`${downstream.gatewayUrl}/messages`, { method: 'POST', headers, body });
  return { status: response.status, body: await response.json() };
}

const message = { to: '+14155552671', text: 'Hello' };

describe('the fake SMS gateway', () => {
  it('sends one message for a key that comes twice, and gives the first answer again', async () => {
    const first = await postMessage(JSON.stringify(message), 'key-1');
    const second = await postMessage(JSON.stringify({ ...message, text: 'Hello again' }), 'key-1');
    expect(second).toEqual(first);
    expect(await downstream.readSent()).toEqual([{ id: 'key-1', ...message }]);
  });

  it('refuses a message without a key', async () => {
    expect(await postMessage(JSON.stringify(message))).toEqual({
      status: 422,
      body: { error: 'expected Idempotency-Key, "to" and "text"' },
    });
  });

  it('refuses a body that is not JSON', async () => {
    expect(await postMessage('hello', 'key-2')).toMatchObject({ status: 400 });
  });
});
