import { readFileSync } from 'node:fs';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { openStream } from '../support/sse';
import { tokenFor } from '../support/web';

const STREAMS = 500;
const stores = useDatabase();
const queue = useQueue();

async function connections(): Promise<number> {
  const [rows] = (await stores.database.sequelize.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name IN ('conv web', 'conv events')`,
  )) as unknown as [{ count: number }[]];
  return rows[0]?.count ?? 0;
}

/** Returns the resident memory in KiB; null on systems without /proc. */
function readMemory(pid: number | undefined): number | null {
  if (process.platform !== 'linux') return null;
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

it('serves five hundred streams with at most ten connections, and sends an event to all of them', async () => {
  const web = await startProcess('web', stores, queue);
  try {
    const where = { url: web.url, token: await tokenFor(stores, 'conversations:read') };
    await createConversation(stores);
    const first = await openStream(where);
    await eventually(() => first.ids().length === 1);
    const before = readMemory(web.child.pid);
    let most = await connections();
    const updateMost = async () => void (most = Math.max(most, await connections()));

    const rest: Awaited<ReturnType<typeof openStream>>[] = [];
    while (rest.length + 1 < STREAMS) {
      const more = Math.min(50, STREAMS - 1 - rest.length);
      rest.push(...(await Promise.all(Array.from({ length: more }, () => openStream(where)))));
      await updateMost();
    }
    const streams = [first, ...rest];
    await eventually(() => streams.every((stream) => stream.ids().length === 1));
    const after = readMemory(web.child.pid);
    const id = await createConversation(stores);
    const written = Date.now();
    await eventually(async () => {
      await updateMost();
      return streams.every(({ frames }) => frames.at(-1)?.event?.data.id === id);
    });

    const reachedMs = Date.now() - written;

    expect(streams.map((stream) => stream.ids().length)).toEqual(streams.map(() => 2));
    expect(streams.filter((stream) => !stream.isOpen())).toEqual([]);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(10);
    expect(web.output()).not.toMatch(/Warning|leak/);
    if (before !== null && after !== null) {
      const each = ((after - before) / (STREAMS - 1)).toFixed(1);
      console.info(
        `${STREAMS} streams: ${most} connections at most, ${each} KiB each, an event reached all in ${reachedMs} ms`,
      );
    }
    expect(await web.stop()).toBe(0);
    expect(await Promise.all(streams.map(({ ended }) => ended))).toEqual(streams.map(() => true));
  } finally {
    await web.stop('SIGKILL');
  }
});
