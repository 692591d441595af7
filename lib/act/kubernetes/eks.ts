import type { EKSClient } from '@aws-sdk/client-eks';

import { type AwsCredentialsProvider, awsCredentials } from '../../aws/credentials.ts';
import { presignUrl } from '../../aws/presign.ts';
import type { Clock } from '../../model/clock.ts';
import { type EpochMillis, epochMillis, later, minutes } from '../../model/units.ts';
import { PlatformError, type PlatformCode } from '../errors.ts';
import type { Access } from './access.ts';
import { raced } from './raced.ts';

/**
 * EKS accepts a token for 15 minutes after it was signed, whatever the URL in it says:
 * https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 * One that is renewed after 10 never ends in the middle of a tick.
 */
const RENEW_AFTER = minutes(10);

/** How long the URL in the token is valid; the authenticator accepts at most 15 minutes. */
const URL_EXPIRES_SECONDS = 60;

export interface EksPlace {
  readonly connection: string;
  /** The cluster's name, which is also signed into the token. */
  readonly cluster: string;
  readonly region: string | undefined;
  readonly clock: Clock;
  /** Both default to the SDK's own; tests give theirs. */
  readonly client?: EKSClient;
  readonly credentials?: AwsCredentialsProvider;
}

/**
 * An EKS cluster by its name: where it is comes from DescribeCluster (needs eks:DescribeCluster),
 * the token is signed in process and needs no call. Rejects with a PlatformError.
 */
export async function connectToEks(place: EksPlace, signal: AbortSignal): Promise<Access> {
  const { region } = place;
  if (region === undefined) {
    throw new PlatformError(
      'REFUSED',
      `The connection ${place.connection} names the EKS cluster ${place.cluster}, but no AWS region is known`,
      'Set AWS_REGION.',
    );
  }
  const { endpoint, authority } = await describe(place, region, signal);
  const credentials = place.credentials ?? awsCredentials();
  let kept: { readonly token: string; readonly renewAt: EpochMillis } | undefined;
  return {
    server: endpoint.replace(/\/+$/, ''),
    async authorize(during) {
      const now = place.clock.now();
      if (kept === undefined || now >= kept.renewAt) {
        kept = await raced(sign({ ...place, region, credentials, now }), during).catch(
          (error: unknown) => {
            if (during.aborted) throw during.reason;
            throw noKeys(place, error);
          },
        );
      }
      return {
        headers: { Authorization: `Bearer ${kept.token}` },
        tls: { ca: authority },
        proxy: undefined,
      };
    },
    forget() {
      kept = undefined;
    },
  };
}

async function describe(
  place: EksPlace,
  region: string,
  signal: AbortSignal,
): Promise<{ endpoint: string; authority: string }> {
  const { DescribeClusterCommand, EKSClient: Client } = await import('@aws-sdk/client-eks');
  const client = place.client ?? new Client({ region });
  try {
    const command = new DescribeClusterCommand({ name: place.cluster });
    const { cluster } = await client.send(command, { abortSignal: signal });
    const data = cluster?.certificateAuthority?.data;
    if (cluster?.endpoint === undefined || data === undefined) {
      throw new PlatformError(
        'PLATFORM_FAILED',
        `The EKS cluster ${place.cluster} has no endpoint yet (its status is ${cluster?.status ?? 'unknown'})`,
        'Wait until it is ACTIVE.',
      );
    }
    return { endpoint: cluster.endpoint, authority: Buffer.from(data, 'base64').toString() };
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    if (signal.aborted) throw signal.reason;
    throw notDescribed(place, region, error);
  } finally {
    if (place.client === undefined) client.destroy();
  }
}

/** What to do about each error of DescribeCluster, by the name the SDK gives it. */
const DESCRIBE_FAULTS: Readonly<Record<string, readonly [PlatformCode, string]>> = {
  ResourceNotFoundException: [
    'REFUSED',
    'Check eks in connections.yml, and the region: aws eks list-clusters shows the names.',
  ],
  AccessDeniedException: ['FORBIDDEN', 'Allow eks:DescribeCluster on it in the role.'],
  UnrecognizedClientException: ['UNAUTHENTICATED', 'Check the AWS credentials.'],
  ExpiredTokenException: ['UNAUTHENTICATED', 'Renew the AWS credentials.'],
  CredentialsProviderError: ['UNAUTHENTICATED', 'Give AWS credentials: a role, or a profile.'],
  ThrottlingException: ['THROTTLED', 'The next tick tries again.'],
  TooManyRequestsException: ['THROTTLED', 'The next tick tries again.'],
};

function notDescribed(place: EksPlace, region: string, error: unknown): PlatformError {
  const { name = 'unknown error', $metadata } = error as {
    name?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const answered = $metadata?.httpStatusCode !== undefined;
  const [code, advice] = DESCRIBE_FAULTS[name] ?? [
    answered ? 'PLATFORM_FAILED' : 'UNREACHABLE',
    'The next tick tries again; if it stays, check the network of the function (a VPC needs a way to the EKS API).',
  ];
  return new PlatformError(
    code,
    `The EKS cluster ${place.cluster} of the connection ${place.connection} could not be described in ${region} (${name})`,
    advice,
  );
}

interface Signing extends EksPlace {
  readonly region: string;
  readonly credentials: AwsCredentialsProvider;
  readonly now: EpochMillis;
}

/** `k8s-aws-v1.` and, in base64url, a presigned STS GetCallerIdentity that names the cluster. */
async function sign(signing: Signing): Promise<{ token: string; renewAt: EpochMillis }> {
  const { cluster, region, now } = signing;
  const keys = await signing.credentials();
  const url = await presignUrl({
    service: 'sts',
    region,
    host: `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { 'x-k8s-aws-id': cluster },
    expiresSeconds: URL_EXPIRES_SECONDS,
    credentials: keys,
    at: now,
  });
  const ends = keys.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
  const renewAt = epochMillis(Math.min(later(now, RENEW_AFTER), ends));
  return { token: `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`, renewAt };
}

/** The SDK's message can name profiles and files but no keys; its name says enough all the same. */
function noKeys(place: EksPlace, error: unknown): PlatformError {
  return new PlatformError(
    'UNAUTHENTICATED',
    `No AWS credentials for the EKS cluster ${place.cluster} of the connection ${place.connection} (${(error as Error).name})`,
    'Give the function a role, or the shell a profile.',
  );
}
