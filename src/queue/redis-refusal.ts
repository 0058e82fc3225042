/** Why Redis refuses a command, for operators. */
export interface RedisRefusal {
  problem: string;
  remedy: string;
}

const RULES: readonly [answer: RegExp, refusal: RedisRefusal][] = [
  [
    /READONLY|^MASTERDOWN/,
    { problem: 'it is a replica, which accepts no writes', remedy: 'set REDIS_URL to the primary' },
  ],
  [
    /NOREPLICAS/,
    {
      problem: 'it has fewer replicas than min-replicas-to-write, and accepts no writes',
      remedy: 'start the missing replicas, or lower min-replicas-to-write',
    },
  ],
  [
    /^(MOVED|ASK|CROSSSLOT)\b/,
    { problem: 'it is a node of a Redis Cluster', remedy: 'set REDIS_URL to redis+cluster://HOST:PORT' },
  ],
  [
    /^CLUSTERDOWN/,
    { problem: 'the Redis Cluster is down', remedy: 'repair the nodes that `redis-cli cluster nodes` names' },
  ],
  [
    /^ERR unknown command '?(set|eval)/i,
    {
      problem: 'it is a Sentinel, not a Redis that stores data',
      remedy: 'set REDIS_URL to redis+sentinel://HOST:PORT/NAME',
    },
  ],
  [/^OOM/, { problem: 'its memory is full', remedy: 'raise maxmemory, or lower KEEP_COMPLETED_SECONDS' }],
  [
    /^MISCONF/,
    { problem: 'it cannot write to its disk', remedy: 'repair the disk; the log of Redis has the cause' },
  ],
  [
    /^NOPERM/,
    {
      problem: 'its user may not run a command that conv needs',
      remedy: 'grant the user of REDIS_URL all commands on the keys of QUEUE_PREFIX',
    },
  ],
];

/** Explains the error with which Redis refuses a write of conv; null for any other error. */
export function explainRefusal(error: unknown): RedisRefusal | null {
  if (!(error instanceof Error)) return null;
  return RULES.find(([answer]) => answer.test(error.message))?.[1] ?? null;
}
