import { rm } from 'node:fs/promises';
import { destroyHome } from '../../src/local/stores';
import { checkCoverage } from './openapi/coverage';
import { recordingsFolder } from './openapi/record';

export default async function teardown(): Promise<void> {
  const running = globalThis.convTestStores;
  if (!running) return;
  await running.stores.stop();
  await destroyHome(running.home);
  try {
    await checkCoverage(recordingsFolder());
  } finally {
    await rm(recordingsFolder(), { recursive: true });
  }
}
