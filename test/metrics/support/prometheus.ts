import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../src/local/ports';
import { atEnd } from '../../support/cleanup';
import { eventually } from '../../support/eventually';
import { toolPath } from '../../support/required-tool';

/** A running Prometheus. */
export interface Prometheus {
  /** Returns the names of the alerts that fire, sorted. */
  firing(): Promise<string[]>;
  /** Returns how many series an expression has now. @throws Error with what Prometheus says about an expression that it does not accept */
  countSeries(expression: string): Promise<number>;
}

interface Options {
  /** Host and port of a web process of conv. */
  target: string;
  /** A token with metrics:read. */
  token: string;
  /** The text of the alert rules. */
  rules: string;
}

const configuration = ({ target, token }: Options) => `
global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms }
rule_files: [alerts.yml]
scrape_configs:
  - job_name: conv
    authorization: { credentials: '${token}' }
    static_configs: [{ targets: ['${target}'] }]
`;

async function get<T>(url: string, path: string): Promise<T> {
  const response = await fetch(`${url}/api/v1/${path}`);
  const body = (await response.json()) as { data: T; error?: string };
  if (body.error !== undefined) throw new Error(`Prometheus: ${path}: ${body.error}`);
  return body.data;
}

/** Starts Prometheus on a free port until the end of the test file. It scrapes conv twice a second. */
export async function startPrometheus(options: Options): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'conv-prometheus-'));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(join(folder, 'prometheus.yml'), configuration(options));
  await writeFile(join(folder, 'alerts.yml'), options.rules);
  const args = [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--query.lookback-delta=5s', // As short beside the scrape interval as it is by default.
    '--log.level=error',
  ];
  const child = spawn('prometheus', args, {
    env: { PATH: toolPath() },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  atEnd(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  });
  await eventually(async () => (await fetch(`${url}/-/ready`)).ok);
  return {
    async firing() {
      type Alert = { state: string; labels: { alertname: string } };
      const { alerts } = await get<{ alerts: Alert[] }>(url, 'alerts');
      const firing = alerts.filter(({ state }) => state === 'firing');
      return [...new Set(firing.map(({ labels }) => labels.alertname))].sort();
    },
    async countSeries(expression) {
      const path = `query?query=${encodeURIComponent(expression)}`;
      return (await get<{ result: unknown[] }>(url, path)).result.length;
    },
  };
}
