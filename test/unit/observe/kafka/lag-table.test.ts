import { expect, test } from 'vitest';

import { lagRowJson, lagRows, lagTable } from '../../../../lib/observe/kafka/lag-table.ts';

const rows = lagRows(
  'orders-worker',
  'orders',
  [
    { partition: 10, start: 40n, end: 90n, committed: 7n },
    { partition: 2, start: 0n, end: 2n ** 62n, committed: 1n },
    { partition: 3, start: 0n, end: 12n, committed: undefined },
  ],
  'earliest',
);

test('the table lists partitions by number, marks lost commits and shows none as a dash', () => {
  expect(lagTable(rows)).toBe(
    [
      'GROUP          TOPIC   PARTITION  CURRENT                  END                  LAG',
      'orders-worker  orders          2        1  4611686018427387904  4611686018427387903',
      'orders-worker  orders          3        -                   12                   12',
      'orders-worker  orders         10       7*                   90                   50',
    ].join('\n'),
  );
});

test('a line for JSON keeps every digit of an offset', () => {
  expect(rows.map(lagRowJson)[0]).toEqual({
    group: 'orders-worker',
    topic: 'orders',
    partition: 2,
    current: '1',
    start: '0',
    end: '4611686018427387904',
    lag: '4611686018427387903',
  });
  expect(rows.map(lagRowJson)[1]).toMatchObject({ current: null });
});
