import { createConversation, createRejected, processEvent } from '../support/applications';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { describeWith } from '../support/required-tool';
import { call, tokenFor, type TestWeb } from '../support/web';
import { POSTGRES_15 } from './support/postgres-server';
import { startReplicated, type Replicated } from './support/replica';

interface Body {
  status?: string;
  data?: { id: string }[];
}

describeWith(POSTGRES_15)('a replica for reads that is behind', () => {
  const queue = useQueue();
  let replicated: Replicated;
  let reader: TestWeb;
  let writer: TestWeb;
  let id: string;
  beforeAll(async () => {
    replicated = await startReplicated(queue);
    const { stores, web } = replicated;
    const connect = (token: string) => ({ url: web.url ?? '', secret: '', token });
    reader = connect(await tokenFor(stores, 'conversations:read'));
    writer = connect(await tokenFor(stores, 'conversations:read', 'conversations:write'));
  });
  afterAll(() => replicated.close());
  beforeEach(async () => {
    id = await createConversation(replicated.stores);
    await replicated.pauseReplay();
    await call(writer, 'PATCH', `/conversations/${id}`, { status: 'ONGOING' });
    // After a test without the replica it is tried again some seconds later.
    await eventually(async () => (await get(reader, `/conversations/${id}`)).status === 'CREATED');
  });
  afterEach(async () => {
    replicated.proxy.restore();
    await replicated.resumeReplay();
  });

  async function get(web: TestWeb, path: string, headers: Record<string, string> = {}): Promise<Body> {
    const response = await fetch(web.url + path, {
      headers: { Authorization: `Bearer ${web.token}`, ...headers },
    });
    return (await response.json()) as Body;
  }
  const listCreated = async (web: TestWeb) =>
    (await get(web, '/conversations?status=CREATED')).data?.map((one) => one.id);

  it('serves lists of conversations', async () => {
    expect(await listCreated(reader)).toContain(id);
  });

  it('serves lists of applications', async () => {
    const event = applicationEvent();
    await processEvent(replicated.stores, event);
    expect(await get(reader, `/applications?candidate_id=${event.candidate_id}`)).toMatchObject({ data: [] });
  });

  it('shows a token that may change conversations its own change', async () => {
    expect(await get(writer, `/conversations/${id}`)).toMatchObject({ status: 'ONGOING' });
  });

  it('lists nothing for a token that may change conversations which it has changed', async () => {
    expect(await listCreated(writer)).not.toContain(id);
  });

  it('does not serve a request with Cache-Control: no-cache', async () => {
    const body = await get(reader, `/conversations/${id}`, { 'Cache-Control': 'no-cache' });
    expect(body).toMatchObject({ status: 'ONGOING' });
  });

  it('is no reason to answer 404 for a new conversation', async () => {
    const newer = await createConversation(replicated.stores);
    expect((await call(reader, 'GET', `/conversations/${newer}`)).status).toBe(200);
  });

  it('is no reason to answer 404 for an application whose job is gone', async () => {
    const event = applicationEvent();
    await processEvent(replicated.stores, event);
    expect(await get(reader, `/applications/${event.id}`)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('does not hide the newest outcome of an application', async () => {
    await replicated.resumeReplay();
    const { stores } = replicated;
    const rejected = await createRejected(stores);
    await replicated.pauseReplay();
    await stores.database.applications.update(
      { reason: 'DUPLICATE_APPLICATION' },
      { where: { id: rejected.id } },
    );
    expect(await get(reader, `/applications/${rejected.id}`)).toMatchObject({
      reason: 'DUPLICATE_APPLICATION',
    });
  });

  it('is not needed while it cannot be reached', async () => {
    replicated.proxy.cut();
    expect(await get(reader, `/conversations/${id}`)).toMatchObject({ status: 'ONGOING' });
  });

  it('is not needed while it does not answer', async () => {
    replicated.proxy.stall();
    expect(await get(reader, `/conversations/${id}`)).toMatchObject({ status: 'ONGOING' });
  });

  /** Returns what the log says about the replica. */
  const logged = () =>
    replicated.web
      .output()
      .split('\n')
      .filter((line) => line.includes('"read replica '))
      .map((line) => (JSON.parse(line) as { msg: string }).msg);

  it('is logged once while it is unavailable, and when it is back', async () => {
    await eventually(() => logged().at(-1) !== 'read replica failed; retrying'); // Of the test before.
    const before = logged().length;
    replicated.proxy.cut();
    const refused = replicated.proxy.refusedConnections();
    await eventually(async () => {
      await listCreated(reader);
      return replicated.proxy.refusedConnections() > refused + 1;
    });
    replicated.proxy.restore();
    await eventually(async () => {
      await listCreated(reader);
      return logged().length > before + 1;
    });
    expect(logged().slice(before)).toEqual(['read replica failed; retrying', 'read replica recovered']);
  });
});
