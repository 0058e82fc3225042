import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { findFreePort } from '../../../src/local/ports';
import { eventually } from '../../support/eventually';
import { toolPath } from '../../support/required-tool';

/** A running PgBouncer. */
export interface PgBouncer {
  /** Returns the address of a database behind it. */
  through(url: string): string;
  close(): Promise<void>;
}

/** As installed, but for the pool mode: no startup parameter is ignored. */
function config(server: URL, port: number, users: string): string {
  return `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 10
`;
}

async function isReady(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.end();
  return true;
}

/** Starts PgBouncer in transaction mode before the PostgreSQL of this URL. It refuses to run as root, so then it runs as nobody. */
export async function startPgBouncer(url: string): Promise<PgBouncer> {
  const server = new URL(url);
  const port = await findFreePort();
  const folder = await mkdtemp(join(tmpdir(), 'conv-pgbouncer-'));
  await chmod(folder, 0o755);
  const [users, ini] = [join(folder, 'users.txt'), join(folder, 'pgbouncer.ini')];
  await writeFile(users, `"${server.username}" "${decodeURIComponent(server.password)}"\n`);
  await writeFile(ini, config(server, port, users));
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('pgbouncer', ['-q', ...user, ini], { env: { PATH: toolPath() }, stdio: 'ignore' });
  const exit = once(child, 'exit');
  const through = (to: string) =>
    Object.assign(new URL(to), { hostname: '127.0.0.1', port: String(port) }).href;
  await eventually(() => isReady(through(url)));
  return {
    through,
    async close() {
      child.kill('SIGINT');
      await exit;
      await rm(folder, { recursive: true });
    },
  };
}
