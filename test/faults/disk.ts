import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/local/processes';

/** Simulates the disk under Redis' append-only file; see disk.c. */
export interface Disk {
  /** Environment variables for Redis. */
  env: NodeJS.ProcessEnv;
  fill(): Promise<void>;
  free(): Promise<void>;
  /**
   * Truncates the append-only files of a killed Redis to what was synced, as a power cut does.
   * @returns the number of bytes that were written and never synced
   */
  losePower(): Promise<number>;
}

async function lastSynced(record: string): Promise<Map<string, number>> {
  const text = existsSync(record) ? await readFile(record, 'utf8') : '';
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]));
}

/**
 * Builds the preloaded library with the system's C compiler.
 * @returns null without a compiler or on another system than Linux: power cuts and full disks are skipped then
 */
export async function buildDisk(home: string): Promise<Disk | null> {
  const library = join(home, 'disk.so');
  const folder = join(home, 'disk');
  const args = ['-shared', '-fPIC', '-O1', '-o', library, join(__dirname, 'disk.c'), '-ldl'];
  if (process.platform !== 'linux' || (await run('cc', args, { env: process.env })).code !== 0) return null;
  await mkdir(folder);
  const full = join(folder, 'full');
  const files = join(home, 'redis', 'appendonlydir');
  return {
    env: { LD_PRELOAD: library, FAULTS_DISK: folder },
    fill: () => writeFile(full, ''),
    free: () => rm(full, { force: true }),
    async losePower() {
      const synced = await lastSynced(join(folder, 'synced'));
      let lost = 0;
      for (const name of await readdir(files)) {
        if (!name.endsWith('.incr.aof')) continue;
        const { size } = await stat(join(files, name));
        const kept = Math.min(size, synced.get(name) ?? 0);
        if (kept < size) await truncate(join(files, name), kept);
        lost += size - kept;
      }
      return lost;
    },
  };
}
