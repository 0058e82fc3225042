import { formatTable, PLATFORMS, type Row } from './support/table';

const row = (platform: string, figures: Partial<Row> = {}): Row => ({
  platform,
  acknowledged: 1234,
  ...{ lost: 0, doubled: 0, failed: 0 },
  longestMs: { acknowledgement: 120, reads: 60 },
  ...figures,
});
const all = PLATFORMS.map((platform) => row(platform));

it('formats the rows in the order of the platforms', () => {
  const [, , first] = formatTable([...all].reverse()).table.split('\n');
  expect(first).toBe('| Redis Sentinel, failover | 1,234 | 0 | 0 | 0 | 0.1 s | 0.1 s | - |');
});

it('finds no fault when all platforms were measured and nothing was lost', () => {
  expect(formatTable(all).faults).toEqual([]);
});

it.each(['lost', 'doubled', 'failed'] as const)('finds a figure that is not 0: %s', (name) => {
  const [first = row(''), ...others] = all;
  expect(formatTable([{ ...first, [name]: 1 }, ...others]).faults).toEqual([
    'Redis Sentinel, failover: lost, doubled or FAILED is not 0',
  ]);
});

it('finds a platform that was not measured', () => {
  expect(formatTable(all.slice(1)).faults).toEqual(['Redis Sentinel, failover: not measured']);
});
