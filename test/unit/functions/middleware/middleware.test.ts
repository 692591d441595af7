import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';

import { reportOutcome } from '../../../../functions/middleware/report-outcome.ts';
import { withApp } from '../../../../functions/middleware/with-app.ts';
import { withDeadline } from '../../../../functions/middleware/with-deadline.ts';
import { ScalerError } from '../../../../lib/model/errors.ts';
import type { TroubleEntry } from '../../../../lib/record/journal.ts';
import { createLazyJournal, type LazyJournal } from '../../../../lib/record/lazy-journal.ts';

/** As Lambda gives it; what middlewares add to it is typed as there already, so the type is left open. */
const contextWith = (remainingMs: number): never => lambdaContext(remainingMs) as never;

const lambdaContext = (remainingMs: number): Context => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'rubato-test-tick',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:rubato-test-tick',
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  logGroupName: '/aws/lambda/rubato-test-tick',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => remainingMs,
  done: () => {},
  fail: () => {},
  succeed: () => {},
});

const reached = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener('abort', () => resolve(signal.reason));
  });

class BrokenError extends ScalerError {
  readonly code = 'BROKEN';
  readonly retry = 'never';
}

describe('withDeadline', () => {
  test('fires two seconds before Lambda ends the call', async () => {
    const handler = middy<unknown, number>()
      .use(withDeadline())
      .handler(async (_event, { signal }) => {
        const started = performance.now();
        // Its timer keeps no process alive, so the test has to.
        const alive = setTimeout(() => {}, 5000);
        await reached(signal);
        clearTimeout(alive);
        return performance.now() - started;
      });
    const elapsed = await handler({}, contextWith(2060));
    expect(elapsed).toBeGreaterThan(50);
    expect(elapsed).toBeLessThan(1500);
  });

  test.for([{ remainingMs: 1999 }, { remainingMs: 0 }])(
    'fires at once with $remainingMs ms left, as a timeout that says what becomes of the rest',
    async ({ remainingMs }) => {
      const handler = middy<unknown, unknown>({ timeoutEarlyInMillis: 0 })
        .use(withDeadline())
        .handler(async (_event, { signal }) => {
          const alive = setTimeout(() => {}, 5000);
          const reason = await reached(signal);
          clearTimeout(alive);
          return reason;
        });
      const reason = await handler({}, contextWith(remainingMs));
      expect(reason).toMatchObject({ name: 'TimeoutError' });
      expect((reason as Error).message).toContain('next tick');
    },
  );

  test.for([
    { how: 'answers', work: async () => 'done' },
    {
      how: 'fails',
      work: async () => {
        throw new BrokenError('it is broken', 'Mend it.');
      },
    },
  ])('never fires once the handler $how', async ({ work }) => {
    const given: AbortSignal[] = [];
    const handler = middy<unknown, string>()
      .use(withDeadline())
      .handler(async (_event, { signal }) => {
        given.push(signal);
        return work();
      });
    await Promise.resolve(handler({}, contextWith(2030))).catch(() => {});
    await new Promise((resolve) => {
      setTimeout(resolve, 80);
    });
    expect(given.map(({ aborted }) => aborted)).toEqual([false]);
  });
});

describe('withApp', () => {
  test('builds once for all calls of a container', async () => {
    let builds = 0;
    const handler = middy<unknown, number>()
      .use(withApp(async () => ({ number: (builds += 1) })))
      .handler(async (_event, { app }) => app.number);
    const calls = [handler({}, contextWith(9000)), handler({}, contextWith(9000))];
    expect(await Promise.all(calls)).toEqual([1, 1]);
    expect(await handler({}, contextWith(9000))).toBe(1);
    expect(builds).toBe(1);
  });

  test('tries a failed build again at the next call', async () => {
    let builds = 0;
    const handler = middy<unknown, string>()
      .use(
        withApp(async () => {
          builds += 1;
          if (builds === 1) throw new BrokenError('no table yet', 'Deploy it.');
          return { name: 'app' };
        }),
      )
      .handler(async (_event, { app }) => app.name);
    await expect(handler({}, contextWith(9000))).rejects.toThrow('no table yet');
    expect(await handler({}, contextWith(9000))).toBe('app');
  });
});

describe('reportOutcome', () => {
  function listening(): { readonly journal: LazyJournal; readonly failures: TroubleEntry[] } {
    const failures: TroubleEntry[] = [];
    const unexpected = () => {
      throw new Error('only failures are reported here');
    };
    const journal = createLazyJournal(async () => ({
      change: unexpected,
      problem: unexpected,
      failure: (entry) => failures.push(entry),
    }));
    return { journal, failures };
  }

  test('says a known fault once, with its code, and throws it on', async () => {
    const { journal, failures } = listening();
    const fault = new BrokenError('it is broken', 'Mend it.');
    const handler = middy<unknown, string>()
      .use(reportOutcome(journal))
      .handler(async () => {
        throw fault;
      });
    await expect(handler({}, contextWith(9000))).rejects.toBe(fault);
    expect(failures).toEqual([{ code: 'BROKEN', message: 'it is broken. Mend it.' }]);
  });

  test('repeats no text of a fault that is not ours, which may quote a secret', async () => {
    const { journal, failures } = listening();
    const fault = new TypeError('fetch failed: Bearer canary-7f3a');
    const handler = middy<unknown, string>()
      .use(reportOutcome(journal))
      .handler(async () => {
        throw fault;
      });
    await expect(handler({}, contextWith(9000))).rejects.toBe(fault);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ code: 'UNEXPECTED' });
    expect(failures[0]?.message).toContain('TypeError');
    expect(JSON.stringify(failures)).not.toContain('canary');
  });

  test('also covers the middlewares inside it', async () => {
    const { journal, failures } = listening();
    const handler = middy<unknown, string>()
      .use(reportOutcome(journal))
      .use(
        withApp(async () => {
          throw new BrokenError('no app', 'Look.');
        }),
      )
      .handler(async () => 'never');
    await expect(handler({}, contextWith(9000))).rejects.toThrow('no app');
    expect(failures).toEqual([{ code: 'BROKEN', message: 'no app. Look.' }]);
  });

  test('says nothing of a call that worked', async () => {
    const { journal, failures } = listening();
    const handler = middy<unknown, string>()
      .use(reportOutcome(journal))
      .handler(async () => 'fine');
    expect(await handler({}, contextWith(9000))).toBe('fine');
    expect(failures).toEqual([]);
  });
});
