import { describe, expect, test } from 'vitest';

import { kafkaLag } from '../../../../lib/observe/kafka/kind.ts';
import type { Problem } from '../../../../lib/rule/schema.ts';

function parse(options: object): { readonly parsed: unknown; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const parsed = kafkaLag.schema.parse(options, { path: 'metrics.orders', problems });
  return { parsed, problems };
}

describe('the options of a kafka-lag metric', () => {
  test('default to earliest, so that a group that never ran can wake its target from zero', () => {
    expect(parse({ topic: 'orders', group: 'shop' }).parsed).toEqual({
      topic: 'orders',
      group: 'shop',
      offsetReset: 'earliest',
      partitions: undefined,
    });
  });

  test.for([
    { written: '3', numbers: [3] },
    { written: '1,2,10-13', numbers: [1, 2, 10, 11, 12, 13] },
    { written: ' 0 - 2 , 2 ', numbers: [0, 1, 2] },
  ])('take partitions as $written', ({ written, numbers }) => {
    const { parsed } = parse({ topic: 'orders', group: 'shop', partitions: written });
    expect(parsed).toMatchObject({ partitions: numbers });
  });

  test.for([
    {
      name: 'no topic',
      options: { group: 'g' },
      path: 'metrics.orders.topic',
      says: 'is required',
    },
    {
      name: 'no group',
      options: { topic: 't' },
      path: 'metrics.orders.group',
      says: 'is required',
    },
    {
      name: 'a topic with a space',
      options: { topic: 'a b', group: 'g' },
      path: 'metrics.orders.topic',
      says: 'the name of a topic',
    },
    {
      name: 'a policy by another name',
      options: { topic: 't', group: 'g', offsetReset: 'latst' },
      path: 'metrics.orders.offsetReset',
      says: 'earliest, latest',
    },
    {
      name: 'a range that goes down',
      options: { topic: 't', group: 'g', partitions: '5-2' },
      path: 'metrics.orders.partitions',
      says: 'ascending',
    },
    {
      name: 'a range without end',
      options: { topic: 't', group: 'g', partitions: '0-999999999' },
      path: 'metrics.orders.partitions',
      says: 'at most 100000',
    },
    {
      name: 'a list of words',
      options: { topic: 't', group: 'g', partitions: 'all' },
      path: 'metrics.orders.partitions',
      says: '1,2,10-20',
    },
    {
      name: 'KEDA’s name for the group',
      options: { topic: 't', group: 'g', consumerGroup: 'g' },
      path: 'metrics.orders.consumerGroup',
      says: 'unknown attribute',
    },
  ])('refuse $name with its path', ({ options, path, says }) => {
    const { problems } = parse(options);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path, message: expect.stringContaining(says) as string });
  });
});
