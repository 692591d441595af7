import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { PlatformError } from '../../../../lib/act/errors.ts';
import { selfSigned } from '../../../fake/certificate.ts';
import {
  createKubernetesApi,
  type KubernetesApi,
  type Reaction,
  status,
} from '../../../fake/kubernetes-api.ts';
import {
  acting,
  CANARY,
  createTestClock,
  deployerAt,
  deployment,
  listOf,
  target,
} from './bench.ts';

const LIST = 'GET /apis/apps/v1/namespaces/shop/deployments';
const SCALE = 'PUT /apis/apps/v1/namespaces/shop/deployments/orders/scale';

const faults: readonly {
  readonly name: string;
  readonly reaction: Reaction;
  readonly code: string;
  readonly retry: string;
  readonly says: RegExp;
  readonly advises: RegExp;
}[] = [
  {
    name: '401',
    reaction: status(401, 'Unauthorized', 'Unauthorized'),
    code: 'UNAUTHENTICATED',
    retry: 'never',
    says: /API server of prod .* answered 401: Unauthorized while/,
    advises: /credentials of the connection prod.*access entry/,
  },
  {
    name: '403',
    reaction: status(403, 'Forbidden', 'User "system:anonymous" cannot do this'),
    code: 'FORBIDDEN',
    retry: 'never',
    says: /answered 403: User "system:anonymous" cannot do this while/,
    advises: /a role that may (list deployments|update deployments\/scale) in namespace shop/,
  },
  {
    name: '429',
    reaction: {
      ...(status(429, 'TooManyRequests', 'slow down') as object),
      headers: { 'Retry-After': '60' },
      status: 429,
    },
    code: 'THROTTLED',
    retry: 'next-tick',
    says: /answered 429: slow down while/,
    advises: /priority and fairness/,
  },
  {
    name: '500',
    reaction: status(500, 'InternalError', 'etcdserver: leader changed'),
    code: 'PLATFORM_FAILED',
    retry: 'next-tick',
    says: /answered 500: etcdserver: leader changed while/,
    advises: /next tick/,
  },
  {
    name: '503 with the page of a proxy',
    reaction: { status: 503, body: `<html>\n<h1>No backend</h1>${'x'.repeat(9000)}` },
    code: 'PLATFORM_FAILED',
    retry: 'next-tick',
    says: /answered 503: <html> <h1>No backend<\/h1>x{1,300}… while/,
    advises: /next tick/,
  },
  {
    name: '422',
    reaction: status(422, 'Invalid', 'spec.replicas: Invalid value'),
    code: 'REFUSED',
    retry: 'never',
    says: /answered 422: spec.replicas: Invalid value while/,
    advises: /correct what the server names/,
  },
  {
    name: 'a redirect to a login page, which is not followed',
    reaction: { status: 302, body: '', headers: { Location: 'https://login.example.org' } },
    code: 'REFUSED',
    retry: 'never',
    says: /answered 302 while/,
    advises: /Trying again will not change it/,
  },
  {
    name: 'a server that hangs',
    reaction: 'hang',
    code: 'TIMED_OUT',
    retry: 'next-tick',
    says: /did not answer within 150 ms while/,
    advises: /raise timeout of the connection/,
  },
  {
    name: 'a server that hangs in the middle of its answer',
    reaction: 'hang in the body',
    code: 'TIMED_OUT',
    retry: 'next-tick',
    says: /did not answer within 150 ms while/,
    advises: /next tick/,
  },
  {
    name: 'a connection that is cut',
    reaction: 'cut',
    code: 'UNREACHABLE',
    retry: 'next-tick',
    says: /could not be reached \(ECONNRESET\) while/,
    advises: /network/,
  },
  {
    name: 'a connection that is cut in the middle of the answer',
    reaction: 'cut in the body',
    code: 'UNREACHABLE',
    retry: 'next-tick',
    says: /could not be reached \(ECONNRESET\) while/,
    advises: /network/,
  },
  {
    name: 'a page in place of JSON',
    reaction: { status: 200, body: '<html>Please log in</html>' },
    code: 'PLATFORM_FAILED',
    retry: 'next-tick',
    says: /answered with something that is not JSON while/,
    advises: /proxy or login page/,
  },
  {
    name: 'JSON that is no object',
    reaction: { status: 200, body: '[]' },
    code: 'PLATFORM_FAILED',
    retry: 'next-tick',
    says: /answered with JSON that is no object while/,
    advises: /proxy/,
  },
];

describe('what is made of a fault of the API server', () => {
  let api: KubernetesApi;
  const clock = createTestClock();
  beforeEach(async () => {
    api = await createKubernetesApi();
  });
  afterEach(() => api.close());

  test.for(faults)(
    'when reading: $name is $code',
    async ({ reaction, code, retry, says, advises }) => {
      api.on(LIST, reaction);
      api.on('GET /apis/apps/v1/namespaces/other', listOf(deployment('orders')));
      const deployer = deployerAt(api, clock, 150);
      const [here, twin, elsewhere] = await deployer.read(
        [target(), target('billing'), target('orders', 'other')],
        acting,
      );
      expect(here).toMatchObject({ found: 'unknown', error: { code, retry } });
      expect(twin).toMatchObject({ found: 'unknown', error: { code } });
      expect(elsewhere?.found).toBe('yes');
      const { message, advice } = (here as { error: PlatformError }).error;
      expect(message).toMatch(says);
      expect(message).toContain(api.url);
      expect(message).toContain('while listing deployments in namespace shop');
      expect(advice).toMatch(advises);
      await deployer.close();
    },
  );

  test.for(faults)(
    'when scaling: $name is $code',
    async ({ reaction, code, retry, says, advises }) => {
      api.on(SCALE, reaction);
      const deployer = deployerAt(api, clock, 150);
      const change = { target: target(), fence: 'u 4 2 100', to: { replicas: 3 }, decision: 'd' };
      const error: unknown = await deployer
        .scale(change, acting)
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PlatformError);
      expect(error).toMatchObject({ code, retry, message: expect.stringMatching(says) });
      expect(error).toMatchObject({
        message: expect.stringContaining('while scaling kubernetes:prod/shop/orders to 3'),
        advice: expect.stringMatching(advises),
      });
      expect(api.seen).toHaveLength(1);
      await deployer.close();
    },
  );

  test.for(faults)(
    'when expanding: $name is $code and not a part of the targets',
    async ({ reaction, code }) => {
      const first = {
        status: 200,
        body: { metadata: { continue: 'more' }, items: [{ metadata: { name: 'a' } }] },
      };
      api.on(LIST, first, reaction);
      const deployer = deployerAt(api, clock, 150);
      const selector = { ...target('*'), labels: {} };
      await expect(deployer.expand(selector, acting)).rejects.toMatchObject({ code });
      await deployer.close();
    },
  );

  test('a target that is gone when it shall be scaled is TARGET_NOT_FOUND', async () => {
    const deployer = deployerAt(api, clock);
    const change = { target: target(), fence: 'u 4 2 100', to: { replicas: 3 }, decision: 'd' };
    await expect(deployer.scale(change, acting)).rejects.toMatchObject({
      code: 'TARGET_NOT_FOUND',
      message:
        'kubernetes:prod/shop/orders (apps/v1/Deployment) does not exist. Check the rule: was the target renamed or deleted, and is the namespace right?',
    });
    await deployer.close();
  });

  test('nobody listening is UNREACHABLE', async () => {
    const closed = await createKubernetesApi();
    await closed.close();
    const deployer = deployerAt(closed, clock);
    const [reading] = await deployer.read([target()], acting);
    expect(reading).toMatchObject({
      found: 'unknown',
      error: { code: 'UNREACHABLE', message: expect.stringContaining('(ECONNREFUSED)') },
    });
    await deployer.close();
  });

  test('a certificate of nobody we trust is UNREACHABLE, and says so', async () => {
    const strange = await createKubernetesApi(selfSigned());
    strange.on(LIST, listOf());
    const deployer = deployerAt(strange, clock);
    const [reading] = await deployer.read([target()], acting);
    expect(reading).toMatchObject({ found: 'unknown', error: { code: 'UNREACHABLE' } });
    expect((reading as { error: PlatformError }).error.message).toMatch(
      /showed a certificate that is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\).*certificate-authority-data/,
    );
    expect(strange.seen).toHaveLength(0);
    await deployer.close();
    await strange.close();
  });

  test.for([401, 403, 500])(
    'a server that repeats the token with its %i does not bring it into an error',
    async (code) => {
      api.on(LIST, ({ headers }) => status(code, 'Bad', `you sent ${headers.authorization}`));
      const deployer = deployerAt(api, clock);
      const [reading] = await deployer.read([target()], acting);
      const { error } = reading as { error: PlatformError };
      expect(api.seen[0]?.headers.authorization).toBe(`Bearer ${CANARY}`);
      expect(error.message).toContain('you sent Bearer (hidden)');
      expect(JSON.stringify([error, error.stack, error.cause])).not.toContain(CANARY);
      await deployer.close();
    },
  );
});
