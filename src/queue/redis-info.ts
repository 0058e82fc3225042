import type { Redis } from 'ioredis';
import { isRefused } from './connection';

/** Returns the fields of a section of INFO, or null where the provider forbids it. */
export async function readInfo(redis: Redis, section: string): Promise<Map<string, string> | null> {
  try {
    const lines = (await redis.info(section)).split(/\r?\n/).filter((line) => line.includes(':'));
    return new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1)] as const;
      }),
    );
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}

/** Returns a setting of Redis, or null where the provider hides it. */
export async function readSetting(redis: Redis, name: string): Promise<string | null> {
  try {
    const answer: unknown = await redis.config('GET', name);
    const value: unknown = Array.isArray(answer) ? answer[1] : (answer as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : null;
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}
