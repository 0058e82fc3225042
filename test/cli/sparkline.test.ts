import { sparkline } from '../../src/cli/top/sparkline';

describe('a sparkline', () => {
  it.each([
    [[0, 1, 4, 8], 4, '▁▂▅█'],
    [[9, 1, 2], 2, '▅█'],
    [[1, null, 1], 5, '█ █'],
    [[0, 0], 2, '▁▁'],
    [[1000, 1], 2, '█▂'],
    [[1], 0, ''],
    [[], 10, ''],
  ])('of %j in %i cells is %j', (values, width, expected) => {
    expect(sparkline(values, width)).toBe(expected);
  });
});
