import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable } from 'node:stream';

import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';

import { bundle } from '../../../../infra/bundle.ts';
import { loadedAtInit } from '../../../../infra/loaded-at-init.ts';
import { bundleOf, bundlesFolder, moduleOf, removeBundles } from './bundle-of.ts';

/* What other clients share with DynamoDB's is in a bundle as it was published, if not at the start. */
const require = createRequire(import.meta.url);
const OPTIONS = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' },
};

afterAll(removeBundles);
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The signer of event streams, which no client here uses. */
interface Signature {
  readonly SignatureV4: new (of: object) => {
    sign(message: object, options: object): Promise<{ signature: string }>;
  };
}

/** What a lazily loaded client shares with DynamoDB's. */
interface S3 {
  readonly S3Client: new (options: object) => { send(command: object): Promise<unknown> };
  readonly GetObjectCommand: new (input: object) => object;
}

describe('the SDK in a bundle', () => {
  test('signs a message of an event stream as the SDK does', async () => {
    const signature = moduleOf('node_modules/@smithy/signature-v4/dist-es/index.js');
    const own = await bundleOf<Signature>('signature', `export * from ${signature};`);
    const { Sha256 } = require('@smithy/core/checksum') as { Sha256: unknown };
    const sign = async ({ SignatureV4 }: Signature): Promise<string> => {
      const signer = new SignatureV4({
        credentials: OPTIONS.credentials,
        region: OPTIONS.region,
        service: 'transcribe',
        sha256: Sha256,
      });
      const headers = { ':date': { type: 'timestamp', value: new Date(0) } };
      const message = { message: { headers, body: new Uint8Array([1]) }, priorSignature: 'ab' };
      const { signature: signed } = await signer.sign(message, { signingDate: new Date(0) });
      return signed;
    };
    expect(await sign(own)).toBe(await sign(require('@smithy/signature-v4') as Signature));
  });

  test.each(['rubato-records', 'Rubato.Records'])(
    'reaches the bucket %s as the SDK does',
    async (Bucket) => {
      const s3 = moduleOf('node_modules/@aws-sdk/client-s3/dist-es/index.js');
      const own = await bundleOf<S3>(Bucket, `export { S3Client, GetObjectCommand } from ${s3};`);
      const sentBy = async ({ S3Client, GetObjectCommand }: S3): Promise<unknown> => {
        const sent: unknown[] = [];
        const handle = async ({ hostname, path: resource }: Record<string, unknown>) => {
          sent.push({ hostname, resource });
          return { response: { statusCode: 200, headers: {}, body: Readable.from(['']) } };
        };
        const client = new S3Client({ ...OPTIONS, requestHandler: { handle } });
        await client.send(new GetObjectCommand({ Bucket, Key: 'day/1.json' }));
        return sent;
      };
      const theirs = await sentBy(require('@aws-sdk/client-s3') as S3);
      expect(theirs).toHaveLength(1);
      expect(await sentBy(own)).toEqual(theirs);
    },
  );

  test('asks the machine for a region that nothing else tells', async () => {
    const config = moduleOf('node_modules/@smithy/core/dist-es/submodules/config/index.js');
    interface Config {
      readonly NODE_REGION_CONFIG_OPTIONS: { readonly default: () => Promise<string> };
    }
    const own = await bundleOf<Config>('region', `export * from ${config};`);
    // The SDK asks no machine that it is told not to.
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    await expect(own.NODE_REGION_CONFIG_OPTIONS.default()).rejects.toThrow('Region is missing');
  });

  // An index that both defines names and passes some on is two modules there.
  test.each(['client', 'config', 'endpoints', 'protocols', 'retry', 'schema', 'serde'])(
    'has all that @smithy/core/%s exports',
    async (index) => {
      const file = `node_modules/@smithy/core/dist-es/submodules/${index}/index.js`;
      const lean = await bundleOf<object>(`index-${index}`, `export * from ${moduleOf(file)};`);
      const whole = require(`@smithy/core/${index}`) as object;
      const names = Object.keys(whole).filter(
        (name) => name !== 'default' && name !== 'module.exports',
      );
      expect(names.length).toBeGreaterThan(5);
      expect(Object.keys(lean).toSorted()).toEqual(names.toSorted());
    },
  );

  test.each(['tick', 'rules'])(
    'is started by %s without what only rare settings need',
    async (name) => {
      const { metafile } = await bundle(name, path.join(await bundlesFolder(), name));
      const started = loadedAtInit(metafile).flatMap((file) =>
        Object.entries(metafile.outputs[file]?.inputs ?? {}).filter(
          ([, { bytesInOutput }]) => bytesInOutput > 500,
        ),
      );
      const inputs = started.map(([input]) => input);
      expect(inputs.some((input) => input.includes('client-dynamodb/'))).toBe(true);
      const rare =
        /(?:client-dynamodb\/.*\/(?:bdd|errors)|partitions|decideEndpoint|RateLimiter|Sha256Js|ChecksumStream|sdk-stream-mixin)\.js/;
      expect(inputs.filter((input) => rare.test(input))).toEqual([]);
    },
  );
});
