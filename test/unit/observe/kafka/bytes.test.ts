import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ByteReader, ByteWriter } from '../../../../lib/observe/kafka/bytes.ts';
import { offsetsPartition } from '../../../../lib/observe/kafka/coordinator.ts';
import { KafkaError } from '../../../../lib/observe/kafka/errors.ts';
import {
  findCoordinatorsRequest,
  listGroupsRequest,
  offsetFetchRequest,
  oneGroupOffsetFetchRequest,
} from '../../../../lib/observe/kafka/group-requests.ts';
import {
  listOffsetsRequest,
  LOG_END,
  metadataRequest,
} from '../../../../lib/observe/kafka/requests.ts';

function outcome(decode: () => unknown): string {
  try {
    decode();
    return 'read';
  } catch (error) {
    return error instanceof KafkaError ? error.code : String(error);
  }
}

describe('Kafka’s primitive types', () => {
  test('are read as they were written', () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const size = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(
        int64,
        size,
        text,
        fc.array(text, { maxLength: 40 }),
        (long, count, one, many) => {
          const writer = new ByteWriter();
          writer.int64(long);
          writer.uvarint(count);
          writer.string(one);
          writer.compactString(one);
          writer.array(many, (each) => writer.string(each));
          writer.compactArray(many, (each) => writer.compactString(each));
          writer.noTags();
          const reader = new ByteReader(writer.bytes());
          expect(reader.int64()).toBe(long);
          expect(reader.uvarint()).toBe(count);
          expect(reader.string()).toBe(one);
          expect(reader.compactString()).toBe(one);
          expect(reader.array(() => reader.string())).toEqual(many);
          expect(reader.compactArray(() => reader.compactString())).toEqual(many);
          reader.skipTags();
          expect(() => reader.int8()).toThrow(KafkaError);
        },
      ),
    );
  });

  test('of any bytes are an answer or ANSWER_INVALID, and never a loop', () => {
    const requests = [
      metadataRequest(['t']),
      listOffsetsRequest([], LOG_END),
      offsetFetchRequest([]),
      oneGroupOffsetFetchRequest({ group: 'g' }),
      findCoordinatorsRequest([]),
      listGroupsRequest(),
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const request of requests) {
          expect(outcome(() => request.decode(Buffer.from(bytes)))).toMatch(
            /^(?:read|ANSWER_INVALID)$/,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the partition of a group’s commits', () => {
  // The second column is what Java 17 prints for (group.hashCode() & 0x7fffffff) % 50.
  test.for([
    { group: 'orders', partition: 17 },
    { group: 'orders-worker', partition: 0 },
    { group: '', partition: 0 },
    { group: 'größe-グループ', partition: 16 },
    { group: 'polygenelubricants', partition: 0 },
  ])('of $group is Java’s', ({ group, partition }) => {
    expect(offsetsPartition(group, 50)).toBe(partition);
  });
});
