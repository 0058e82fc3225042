import { runInProcess } from './cli';
import { emptyConfig } from './remote';

export type Config = ReturnType<typeof emptyConfig>;

/** Adds a context to these settings. */
export const addContext = (config: Config, name: string, url: string, token: string) =>
  runInProcess(['context', 'add', name, '--url', url, '--token', '-'], config, { input: `${token}\n` });

/** Returns settings with the context `prod`, which is in use unless that is not wanted. */
export async function withProd(
  { url, token }: { url: string; token: string },
  { use = true } = {},
): Promise<Config> {
  const config = emptyConfig();
  await addContext(config, 'prod', url, token);
  if (use) await runInProcess(['context', 'use', 'prod'], config);
  return config;
}
