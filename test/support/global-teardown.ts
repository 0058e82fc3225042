import { destroyHome } from '../../src/local/stores';

export default async function teardown(): Promise<void> {
  const running = globalThis.convTestStores;
  if (!running) return;
  await running.stores.stop();
  await destroyHome(running.home);
}
