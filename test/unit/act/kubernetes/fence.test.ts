import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { moved, readFence, writeFence } from '../../../../lib/act/kubernetes/fence.ts';

const then = { uid: 'a', generation: '4', replicas: 2, resourceVersion: '100' };

describe('a fence', () => {
  test('says the same after it was written and read', () => {
    const part = fc.stringMatching(/^[a-z0-9]{0,12}$/);
    const fence = fc.record({
      uid: part,
      generation: part,
      replicas: fc.nat(),
      resourceVersion: part,
    });
    fc.assert(
      fc.property(fence, (each) => {
        expect(readFence(writeFence(each))).toEqual(each);
      }),
    );
  });

  test.for(['', '100', 'a 4 two 100', 'a 4 2 100 more'])(
    'that was written by somebody else (%j) is a bug of the caller',
    (text) => {
      expect(() => readFence(text)).toThrow('Not a fence');
    },
  );

  test.for([
    { name: 'nothing', now: {}, because: undefined },
    { name: 'only the status', now: { resourceVersion: '101' }, because: undefined },
    {
      name: 'the count',
      now: { replicas: 7, generation: '5' },
      because: 'spec.replicas is 7 now and was 2 when it was read',
    },
    {
      name: 'something else that is wanted',
      now: { generation: '6' },
      because: 'its spec was changed since it was read (generation 4, now 6)',
    },
    {
      name: 'the object',
      now: { uid: 'b' },
      because: 'it was deleted and created anew since it was read',
    },
    { name: 'nothing that is known', now: { uid: '', generation: '' }, because: undefined },
  ])('tells when $name moved', ({ now, because }) => {
    expect(moved(then, { ...then, ...now })).toEqual(because);
  });
});
