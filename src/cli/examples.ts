/** Two examples for the help of each command, by its path. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  list: ['conv list --status CREATED --since 24h', 'conv list --watch --job job-1'],
  find: ["conv find '+1 415 555 2671'", 'conv find jane.doe@example.com -o json'],
  show: ['conv show 01a22206-fe92-718a-997e-10cc1ba50907', 'conv show ID -o json | jq .candidate'],
  move: [
    'conv move 01a22206-fe92-718a-997e-10cc1ba50907 ONGOING',
    'conv move $(conv list --candidate candidate-2 --status CREATED -o ids) ONGOING',
  ],
  'apps list': [
    'conv apps list --status REJECTED --since 7d',
    'conv apps list --status FAILED --all -o csv --columns id,reason',
  ],
  'apps show': ['conv apps show application-4', 'conv apps show application-4 -o json | jq -r .status'],
  'apps stats': ['conv apps stats', 'conv apps stats --since 24h -o json'],
  'apps dismiss': [
    'conv apps dismiss application-9 --by ada',
    'conv apps dismiss application-8 application-9 --yes',
  ],
  reconcile: ['conv reconcile --dry-run', 'conv reconcile --since 2h --wait'],
  'candidate erase': ['conv candidate erase candidate-3 --dry-run', 'conv candidate erase candidate-3 --yes'],
  events: ['conv events --since 1h --type conversation.created', 'conv events --follow --tail 10'],
  'events deliveries': [
    'conv events deliveries --status PENDING,PARKED',
    'conv events deliveries --status PARKED --all -o ids',
  ],
  'events redeliver': ['conv events redeliver', 'conv events redeliver --since 2h --yes'],
  'events resume': ['conv events resume', 'conv events resume && conv events deliveries --status PENDING'],
  replay: [
    'conv replay --status FAILED --failed-since 2h --wait',
    'conv replay --status REJECTED --reason ACTIVE_CONVERSATION --since 7d --dry-run',
  ],
  send: [
    'conv send examples/application.json --wait',
    'conv send - --url https://conv.example.com < events.ndjson',
  ],
  seed: ['conv seed --count 50', 'conv seed --count 100000 --status CREATED=70,ONGOING=20,COMPLETED=10'],
  'queue stats': ['conv queue stats', 'conv queue stats -o json | jq .failed'],
  'queue failed': ['conv queue failed', 'conv queue failed push --all -o csv'],
  'queue retry': ['conv queue retry application-9', 'conv queue retry --all --queue push --yes'],
  'queue pause': ['conv queue pause push --reason "receiver is down"', 'conv queue pause applications'],
  'queue resume': ['conv queue resume push', 'conv queue resume applications'],
  top: ['conv top', "conv top -o json | jq '.queues[0].waiting'"],
  doctor: ['conv doctor', 'conv doctor -o json | jq \'.[] | select(.level != "ok")\''],
  'token create': [
    'conv token create --name crm --scope conversations:read,conversations:write --expires 90d',
    'conv token create --name ats --scope applications:write -o json | jq -r .token',
  ],
  'token list': ['conv token list', 'conv token list -o csv --columns id,name,expires_at'],
  'token revoke': [
    'conv token revoke 01a22208-a5db-760e-8959-559e98659add',
    'conv token revoke ID -o json | jq -r .revoked_at',
  ],
  'context add': [
    'conv context add prod --url https://conv.example.com --token - < token.txt',
    'conv context add staging --url https://conv-staging.example.com --token conv_…',
  ],
  'context use': ['conv context use prod', 'conv context use local'],
  'context list': ['conv context list', 'conv context list -o ids'],
  'context show': ['conv context show', 'conv context show prod -o json | jq .scopes'],
  'context remove': ['conv context remove staging', 'conv context use local && conv context remove prod'],
  'db migrate': ['conv db migrate', 'DATABASE_URL=postgres://conv@db.example.com/conv conv db migrate'],
  'db status': ['conv db status', 'conv db status -o json'],
  'db rollback': ['conv db rollback', 'conv db rollback --yes'],
  dev: ['conv dev', 'conv dev --port 0'],
  demo: ['conv demo', 'CONV_HOME=/tmp/conv conv demo'],
  help: ['conv help list', 'conv help queue stats'],
  completion: ['source <(conv completion bash)', 'conv completion fish | source'],
};

/** Returns the text below the options in the help of a command; empty for a command that only groups others. */
export function formatExamples(path: string): string {
  const lines = EXAMPLES[path] ?? [];
  return lines.length === 0 ? '' : ['\nExamples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}
