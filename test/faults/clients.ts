import { randomFrom } from '../support/random';
import { startErasing, type Eraser } from './erasures';
import { createHttpClient, type HttpClient } from './http';
import { createMover, follow, type Follower, type Mover } from './reader';
import { watchRecovery, type Recovery } from './recovery';
import { createSender, type Sender } from './sender';
import type { TestSystem } from './system';

const CONNECTIONS = 32;

/** Everything that uses the system during a run. */
export interface Clients {
  webs: HttpClient[];
  sender: Sender;
  eraser: Eraser;
  mover: Mover;
  follower: Follower;
  recovery: Recovery;
}

export function startClients(system: TestSystem, seed: number): Clients {
  const webs = system.webs.map(({ front }) =>
    createHttpClient(`http://127.0.0.1:${front.port}`, CONNECTIONS),
  );
  const readerSettings = { token: system.token, webs, random: randomFrom(seed + 1) };
  const mover = createMover(readerSettings);
  const follower = follow(readerSettings, ({ type, data }) => {
    if (type === 'conversation.created') mover.begin(data);
  });
  const recovery = watchRecovery(system.postgres);
  const sender = createSender({
    secret: system.secret,
    webs,
    random: randomFrom(seed + 2),
    run: `run${seed}`,
    onAcknowledged: () => recovery.acknowledged(),
  });
  const eraser = startErasing(system, sender, randomFrom(seed + 3));
  return { webs, sender, eraser, mover, follower, recovery };
}
