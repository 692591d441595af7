import { generateAuthTokenFromCredentialsProvider } from 'aws-msk-iam-sasl-signer-js';
import { describe, expect, test } from 'vitest';

import { presignUrl } from '../../../lib/aws/presign.ts';
import { epochMillis } from '../../../lib/model/units.ts';

const identities = [
  { name: 'lasting keys', keys: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'wJalr+/=secret' } },
  {
    name: 'temporary keys with a session token full of signs to escape',
    keys: {
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 'another',
      sessionToken: "IQoJb3JpZ2lu//+=a!*'() b&c",
    },
  },
];

/** When a URL says that it was signed, `20261121T052400Z`. */
function signedAt(url: URL): number {
  const date = url.searchParams.get('X-Amz-Date') ?? '';
  return Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
}

describe('presignUrl', () => {
  test.for(identities)(
    'signs an MSK token as AWS’s own signer does, with $name',
    async ({ keys }) => {
      const { token } = await generateAuthTokenFromCredentialsProvider({
        region: 'eu-west-1',
        awsCredentialsProvider: () => Promise.resolve(keys),
      });
      const theirs = new URL(Buffer.from(token, 'base64url').toString());
      const ours = new URL(
        await presignUrl({
          service: 'kafka-cluster',
          region: 'eu-west-1',
          host: 'kafka.eu-west-1.amazonaws.com',
          path: '/',
          query: { Action: 'kafka-cluster:Connect' },
          headers: {},
          expiresSeconds: 900,
          credentials: keys,
          at: epochMillis(signedAt(theirs)),
        }),
      );
      theirs.searchParams.delete('User-Agent'); // added after signing, says only which library it was
      const sorted = (url: URL) => [...url.searchParams].toSorted(([a], [b]) => (a < b ? -1 : 1));
      expect(sorted(ours)).toEqual(sorted(theirs));
      expect(`${ours.origin}${ours.pathname}`).toBe(`${theirs.origin}${theirs.pathname}`);
    },
  );

  test('signs the headers it is given, so that an EKS token is good for one cluster only', async () => {
    const sign = async (cluster: string) =>
      new URL(
        await presignUrl({
          service: 'sts',
          region: 'us-east-1',
          host: 'sts.us-east-1.amazonaws.com',
          path: '/',
          query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
          headers: { 'x-k8s-aws-id': cluster },
          expiresSeconds: 60,
          credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
          at: epochMillis(1_795_238_640_000),
        }),
      ).searchParams;
    const [shop, billing] = [await sign('shop'), await sign('billing')];
    expect(shop.get('X-Amz-SignedHeaders')).toBe('host;x-k8s-aws-id');
    expect(shop.get('X-Amz-Expires')).toBe('60');
    expect(shop.get('X-Amz-Date')).toBe('20261121T052400Z');
    expect(shop.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
    expect(shop.get('X-Amz-Signature')).not.toBe(billing.get('X-Amz-Signature'));
    expect(shop.has('x-k8s-aws-id')).toBe(false);
  });
});
