import type { ApplicationEvent } from '../../src/lib/domain';
import { parseSecrets, sign } from '../../src/lib/signature';
import { SECRET } from './processes';

const [KEY] = parseSecrets(SECRET);

/** Posts one signed event. */
export async function postOne(url: string, event: ApplicationEvent): Promise<void> {
  if (!KEY) throw new Error('no key');
  const body = Buffer.from(JSON.stringify(event));
  const timestamp = Math.floor(Date.now() / 1000);
  const response = await fetch(`${url}/webhooks/applications`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': event.id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': sign(KEY, event.id, timestamp, body),
    },
  });
  const answer = await response.text();
  if (response.status !== 202) throw new Error(`${response.status} ${answer}`);
}
