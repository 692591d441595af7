import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';

import {
  createEndpointResolver,
  type Endpoint,
  type EndpointParameters,
} from '../../../../infra/lean-sdk/dynamodb-endpoint.ts';

/* The SDK's own resolver and its own list of regions are what ours has to agree with. */
const PARTITIONS = path.resolve(
  import.meta.dirname,
  '../../../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
);
const { partitionsInfo } = (await import(pathToFileURL(PARTITIONS).href)) as {
  partitionsInfo: { partitions: { id: string; regions: Record<string, unknown> }[] };
};
const regionsOf = (id: string): string[] =>
  partitionsInfo.partitions
    .filter((one) => one.id === id)
    .flatMap((one) => Object.keys(one.regions));
const REGIONS = [
  ...partitionsInfo.partitions.flatMap(({ regions }) => Object.keys(regions)),
  // Those that do not exist yet, or never will.
  'us-west-9',
  'mx-north-2',
  'cn-west-9',
  'us-gov-north-1',
  'us-isof-north-1',
  'eusc-de-west-2',
  'local',
  'nowhere',
  'eu-west-1.evil.test/',
  'EU-WEST-1',
  '',
];

const real = new DynamoDBClient({ region: 'eu-west-1' }).config.endpointProvider as unknown as (
  parameters: EndpointParameters,
) => Endpoint;

function createOurs(): { ours: ReturnType<typeof createEndpointResolver>; loads: () => number } {
  let loads = 0;
  const load = async () => {
    loads += 1;
    return { defaultEndpointResolver: real };
  };
  return { ours: createEndpointResolver(load), loads: () => loads };
}

async function answerOf(
  resolve: (parameters: EndpointParameters) => Endpoint | Promise<Endpoint>,
  parameters: EndpointParameters,
): Promise<unknown> {
  try {
    const { url, properties = {}, headers = {} } = await resolve(parameters);
    return { url: url.href, properties, headers };
  } catch (error) {
    return (error as Error).message;
  }
}

const FLAGS: readonly EndpointParameters[] = [false, true].flatMap((UseFIPS) =>
  [false, true].map((UseDualStack) => ({ UseFIPS, UseDualStack })),
);
const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/rules';
const ASKED: readonly (readonly [string, EndpointParameters])[] = [
  ['nothing more', {}],
  ['a table by its name', { ResourceArn: 'rules' }],
  ['a table by its ARN', { ResourceArn: ARN }],
  ['several tables', { ResourceArnList: [ARN] }],
  ['an endpoint', { Endpoint: 'http://127.0.0.1:8000/path' }],
  ['an endpoint of AWS', { Endpoint: 'https://dynamodb.eu-west-1.amazonaws.com' }],
  ['credentials of a known account', { AccountId: '123456789012' }],
  [
    'a known account that endpoints must not show',
    { AccountId: '123456789012', AccountIdEndpointMode: 'disabled' },
  ],
  ['endpoints of an account at most', { AccountIdEndpointMode: 'preferred' }],
  ['endpoints of an account only', { AccountIdEndpointMode: 'required' }],
  ['a search', { IsSearchOperation: true }],
];

describe('the endpoint of DynamoDB', () => {
  test.each(ASKED)(
    'is the one the SDK resolves, asked for %s, in every region',
    async (_, asked) => {
      const { ours } = createOurs();
      const cases = [...REGIONS, undefined].flatMap((Region) =>
        FLAGS.map((flags) =>
          Object.assign({}, asked, flags, Region === undefined ? {} : { Region }),
        ),
      );
      const answers = await Promise.all(
        cases.map(async (one) => ({ one, answer: await answerOf(ours, one) })),
      );
      const expected = await Promise.all(
        cases.map(async (one) => ({ one, answer: await answerOf(real, one) })),
      );
      expect(answers).toEqual(expected);
    },
  );

  test('needs no rules in any region of the partition aws', async () => {
    const { ours, loads } = createOurs();
    const regions = regionsOf('aws').filter((region) => region !== 'aws-global');
    expect(regions.length).toBeGreaterThan(30);
    for (const Region of regions) {
      const { url } = await ours({ Region, ResourceArn: 'rules', UseFIPS: false });
      expect(url.href).toBe(`https://dynamodb.${Region}.amazonaws.com/`);
    }
    expect(loads()).toBe(0);
  });

  test('has the rules loaded for China, GovCloud and a URL of one’s own', async () => {
    const { ours, loads } = createOurs();
    const { url } = await ours({ Region: 'cn-north-1' });
    expect(url.href).toBe('https://dynamodb.cn-north-1.amazonaws.com.cn/');
    await ours({ Region: 'us-gov-west-1' });
    await ours({ Region: 'eu-west-1', Endpoint: 'http://127.0.0.1:8000' });
    expect(loads()).toBe(3);
  });
});
