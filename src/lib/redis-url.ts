export interface RedisNode {
  host: string;
  port: number;
}

/** What REDIS_URL says. */
export interface RedisAddress {
  kind: 'single' | 'sentinel' | 'cluster';
  tls: boolean;
  /** The server, the Sentinels, or the nodes of the cluster that are asked first. */
  nodes: readonly RedisNode[];
  username: string | undefined;
  password: string | undefined;
  db: number;
  /** What the Sentinels call the primary; empty without Sentinel. */
  primaryName: string;
  /** For the Sentinels themselves. */
  sentinelUsername: string | undefined;
  sentinelPassword: string | undefined;
}

const DEFAULT_PORTS = { single: 6379, sentinel: 26_379, cluster: 6379 };
const SEVERAL_HOSTS =
  /^(?<scheme>rediss?)\+(?<kind>sentinel|cluster):\/\/(?:(?<user>[^@/?]*)@)?(?<hosts>[^@/?]+)(?<path>\/[^?]*)?(?<query>\?.*)?$/;

const orUndefined = (text: string | null) => (text === null || text === '' ? undefined : text);

/** Parses one URL; `URL` itself knows only one host. */
function parseOne(url: string, kind: RedisAddress['kind']): Omit<RedisAddress, 'kind' | 'nodes'> & RedisNode {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  const db = Number(searchParams.get('db') ?? (kind === 'single' ? pathname.slice(1) : 0));
  return {
    tls: protocol === 'rediss:',
    host: hostname.replaceAll(/[[\]]/g, ''), // Of an IPv6 address.
    port: Number(port) || DEFAULT_PORTS[kind],
    username: orUndefined(decodeURIComponent(username)),
    password: orUndefined(decodeURIComponent(password)),
    db: Number.isInteger(db) ? db : 0,
    primaryName: kind === 'sentinel' ? decodeURIComponent(pathname.slice(1)) : '',
    sentinelUsername: orUndefined(searchParams.get('sentinel_username')),
    sentinelPassword: orUndefined(searchParams.get('sentinel_password')),
  };
}

/**
 * Parses `redis://host`, `redis+sentinel://host1,host2/name` and `redis+cluster://host1,host2`, each also with `rediss`.
 * @returns null for anything else
 */
export function parseRedisUrl(url: string): RedisAddress | null {
  const {
    scheme = '',
    kind = '',
    user,
    hosts = '',
    path = '',
    query = '',
  } = SEVERAL_HOSTS.exec(url)?.groups ?? {};
  try {
    if (kind !== 'sentinel' && kind !== 'cluster') {
      const { host, port, ...address } = parseOne(url, 'single');
      return /^rediss?:\/\//.test(url) && host !== ''
        ? { kind: 'single', nodes: [{ host, port }], ...address }
        : null;
    }
    const credentials = user === undefined ? '' : `${user}@`;
    const parsed = hosts
      .split(',')
      .map((host) => parseOne(`${scheme}://${credentials}${host}${path}${query}`, kind));
    const [first] = parsed;
    if (!first || (kind === 'sentinel' && first.primaryName === '')) return null;
    return { ...first, kind, nodes: parsed.map(({ host, port }) => ({ host, port })) };
  } catch {
    return null; // Not a URL.
  }
}

/** Returns the hosts of an address, for messages: never a password. */
export function redisHosts(url: string): string {
  const nodes = parseRedisUrl(url)?.nodes ?? [];
  return nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
}
