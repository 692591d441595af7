import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { PlatformError } from '../../../../lib/act/errors.ts';
import { createKubernetesDeployer } from '../../../../lib/act/kubernetes/deployer.ts';
import { millis } from '../../../../lib/model/units.ts';
import { selfSigned } from '../../../fake/certificate.ts';
import {
  createKubernetesApi,
  type KubernetesApi,
  type Reaction,
} from '../../../fake/kubernetes-api.ts';
import {
  access,
  acting,
  createTestClock,
  deployerAt,
  deployment,
  listOf,
  target,
} from './bench.ts';

const LIST = 'GET /apis/apps/v1/namespaces/shop/deployments';

describe('a call', () => {
  let api: KubernetesApi;
  const clock = createTestClock();
  beforeEach(async () => {
    api = await createKubernetesApi();
  });
  afterEach(() => api.close());

  test('the end of the tick ends a hanging call at once, long before its own limit', async () => {
    api.on(LIST, 'hang');
    const deployer = deployerAt(api, clock, 30_000);
    const end = new AbortController();
    const reading = deployer.read([target()], end);
    await expect.poll(() => api.seen.length).toBe(1);
    const began = performance.now();
    end.abort();
    expect(await reading).toMatchObject([
      {
        found: 'unknown',
        error: {
          code: 'TIMED_OUT',
          message: expect.stringContaining('the time of the tick was up'),
        },
      },
    ]);
    expect(performance.now() - began).toBeLessThan(1000);
    await deployer.close();
  });

  test('finding the server can hang as well', async () => {
    const deployer = createKubernetesDeployer({
      connection: 'prod',
      connect: () => new Promise(() => {}),
      clock,
      timeout: millis(50),
    });
    const [reading] = await deployer.read([target()], acting);
    expect(reading).toMatchObject({ found: 'unknown', error: { code: 'TIMED_OUT' } });
  });

  test('a failure to find the server is not kept', async () => {
    api.on(LIST, listOf(deployment('orders')));
    let tries = 0;
    const deployer = createKubernetesDeployer({
      connection: 'prod',
      async connect() {
        tries += 1;
        if (tries === 1) throw new PlatformError('PLATFORM_FAILED', 'Still creating', 'Wait.');
        return access(api.url);
      },
      clock,
      timeout: millis(1000),
    });
    expect((await deployer.read([target()], acting))[0]?.found).toBe('unknown');
    expect((await deployer.read([target()], acting))[0]?.found).toBe('yes');
    expect((await deployer.read([target()], acting))[0]?.found).toBe('yes');
    expect(tries).toBe(2);
    await deployer.close();
  });
});

describe('a server that is busy (429)', () => {
  let api: KubernetesApi;
  beforeEach(async () => {
    api = await createKubernetesApi();
  });
  afterEach(() => api.close());
  const busy = (seconds: string): Reaction => ({
    status: 429,
    headers: { 'Retry-After': seconds },
  });

  test.for([
    {
      name: 'is asked again when it says to',
      reactions: [busy('1')],
      slept: [1000],
      found: 'yes',
      calls: 2,
    },
    {
      name: 'is asked again twice',
      reactions: [busy('1'), busy('2')],
      slept: [1000, 2000],
      found: 'yes',
      calls: 3,
    },
    {
      name: 'is not asked a third time',
      reactions: [busy('1'), busy('1'), busy('1')],
      slept: [1000, 1000],
      found: 'unknown',
      calls: 3,
    },
    {
      name: 'is not waited for beyond the limit of a call',
      reactions: [busy('5')],
      slept: [],
      found: 'unknown',
      calls: 1,
    },
    {
      name: 'is not waited for beyond the limit in sum',
      reactions: [busy('3'), busy('3')],
      slept: [3000],
      found: 'unknown',
      calls: 2,
    },
    {
      name: 'is given a second where it does not say',
      reactions: [busy('Fri, 20 Nov 2026 20:00:09 GMT')],
      slept: [1000],
      found: 'yes',
      calls: 2,
    },
  ])('$name', async ({ reactions, slept, found, calls }) => {
    api.on(LIST, ...reactions, listOf(deployment('orders')));
    const clock = createTestClock();
    const deployer = deployerAt(api, clock, 5000);
    const [reading] = await deployer.read([target()], acting);
    expect(reading?.found).toBe(found);
    expect(clock.slept).toEqual(slept);
    expect(api.seen).toHaveLength(calls);
    await deployer.close();
  });
});

describe('connections to the API server', () => {
  test('are kept: many calls one after another take one TLS handshake', async () => {
    const certificate = selfSigned();
    const api = await createKubernetesApi(certificate);
    api.on(LIST, listOf(deployment('orders')));
    const plain = access(api.url);
    const trusting = {
      ...plain,
      authorize: async (signal: AbortSignal) => ({
        ...(await plain.authorize(signal)),
        tls: { ca: certificate.certificate },
      }),
    };
    const deployer = createKubernetesDeployer({
      connection: 'prod',
      connect: async () => trusting,
      clock: createTestClock(),
      timeout: millis(5000),
    });
    for (let call = 0; call < 20; call += 1) {
      expect((await deployer.read([target()], acting))[0]?.found).toBe('yes');
    }
    expect(api.connections()).toBe(1);
    await deployer.close();
    await api.close();
  });

  test('are at most four, however many namespaces are read at once', async () => {
    const api = await createKubernetesApi();
    api.on('GET /apis/apps/v1', listOf(deployment('orders')));
    const deployer = deployerAt(api, createTestClock());
    const targets = Array.from({ length: 40 }, (_, index) => target('orders', `shop-${index}`));
    const readings = await deployer.read(targets, acting);
    expect(readings.every(({ found }) => found === 'yes')).toBe(true);
    expect(api.connections()).toBeLessThanOrEqual(4);
    await deployer.close();
    await api.close();
  });

  test('that were closed at the other end between two ticks are made anew without a fault', async () => {
    const api = await createKubernetesApi();
    // Every connection is closed when it is used for the second time, before an answer.
    const used = new Set<number>();
    api.on('GET /apis/apps/v1', ({ connection }) => {
      if (used.has(connection)) return 'cut';
      used.add(connection);
      return listOf(deployment('orders'));
    });
    const deployer = deployerAt(api, createTestClock());
    const targets = Array.from({ length: 4 }, (_, index) => target('orders', `shop-${index}`));
    for (let tick = 0; tick < 3; tick += 1) {
      const readings = await deployer.read(targets, acting);
      expect(readings.map(({ found }) => found)).toEqual(['yes', 'yes', 'yes', 'yes']);
    }
    await deployer.close();
    await api.close();
  });

  test('are ended by close, and made again should there be another call', async () => {
    const api = await createKubernetesApi();
    api.on(LIST, listOf(deployment('orders')));
    const deployer = deployerAt(api, createTestClock());
    await deployer.read([target()], acting);
    await deployer.close();
    await deployer.close();
    expect((await deployer.read([target()], acting))[0]?.found).toBe('yes');
    expect(api.connections()).toBe(2);
    await deployer.close();
    await api.close();
  });
});
