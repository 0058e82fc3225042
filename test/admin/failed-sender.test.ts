import { parseSenders } from '../../src/lib/senders';
import { createSecret } from '../../src/lib/signature';
import { findJob } from '../../src/queue/applications';
import { createToken } from '../../src/tokens/token';
import { logIn, cookieOf, submit } from '../support/admin';
import { createFailed } from '../support/applications';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue, () => ({ senders: parseSenders(`lever=${createSecret()}`) }));

it.each(['confirm', 'replay'])(
  'a token of a sender cannot %s an error of all senders, or the application of another',
  async (step) => {
    const { id } = await createFailed(stores, 'of another');
    const scopes = ['queues:admin' as const, 'applications:write' as const];
    const request = { name: `${step} of lever`, scopes, sender: 'lever', expiresAt: null };
    const { token } = await createToken(stores.database, request);
    const headers = { Cookie: cookieOf(await logIn(web, token)) };
    const statuses: number[] = [];
    for (const selected of [{ reason: 'of another' }, { id }])
      statuses.push(
        (await submit(web, `/admin/failed/${step}`, { ...selected, count: '1' }, headers)).status,
      );
    expect(statuses).toEqual([403, 403]);
    expect(await findJob(queue.applications, id)).toBeNull();
  },
);
