import { readFile } from 'node:fs/promises';

import { type AwsCredentialsProvider, awsCredentials } from '../../aws/credentials.ts';
import { presignUrl } from '../../aws/presign.ts';
import type { Surroundings } from '../../model/surroundings.ts';
import type { EpochMillis } from '../../model/units.ts';
import type { KafkaConnection } from '../../rule/connection-kinds.ts';
import { regionOf } from './bootstrap.ts';
import { KafkaError } from './errors.ts';
import type { KafkaSasl, TlsSettings } from './protocol.ts';

/** MSK accepts tokens for at most so long; a session begun with one outlives it. */
const TOKEN_SECONDS = 900;

/**
 * The token of MSK's IAM authentication: a presigned URL for `kafka-cluster:Connect`, in base64url.
 * The format is that of AWS's own signers for it (https://github.com/aws/aws-msk-iam-sasl-signer-js).
 */
export async function mskToken(
  region: string,
  credentials: AwsCredentialsProvider,
  at: EpochMillis,
): Promise<string> {
  const url = await presignUrl({
    service: 'kafka-cluster',
    region,
    host: `kafka.${region}.amazonaws.com`,
    path: '/',
    query: { Action: 'kafka-cluster:Connect' },
    headers: {},
    expiresSeconds: TOKEN_SECONDS,
    credentials: await credentials(),
    at,
  });
  return Buffer.from(`${url}&User-Agent=rubato`).toString('base64url');
}

/** Who we are to the brokers. Secrets are resolved now, so a changed one needs a new answer. */
export async function saslOf(
  { auth, sasl, msk }: KafkaConnection,
  { secrets, clock }: Surroundings,
  signal: AbortSignal,
): Promise<KafkaSasl | undefined> {
  if (sasl !== undefined) {
    const { mechanism, username } = sasl;
    const password = await secrets.resolve(sasl.password, signal);
    return { mechanism, username, password } as KafkaSasl;
  }
  if (auth === undefined || msk === undefined) return undefined;
  const credentials = awsCredentials();
  return {
    mechanism: 'oauthbearer',
    oauthBearerProvider: async () => ({
      value: await mskToken(regionOf(msk), credentials, clock.now()),
    }),
  };
}

/** TLS as the connection has it. MSK takes user names, passwords and tokens over TLS only. */
export async function tlsOf(
  name: string,
  { tls, auth, sasl, msk }: KafkaConnection,
): Promise<TlsSettings | undefined> {
  if (tls === undefined) {
    const isSecret = auth === 'iam' || (msk !== undefined && sasl !== undefined);
    return isSecret ? { ca: undefined, serverName: undefined } : undefined;
  }
  if (tls.ca === undefined) return { ca: undefined, serverName: tls.serverName };
  try {
    return { ca: await readFile(tls.ca, 'utf8'), serverName: tls.serverName };
  } catch (cause) {
    throw new KafkaError(
      'CONNECTION_INVALID',
      `Connection ${name} names the authority ${tls.ca}, which cannot be read`,
      'Give the path of a PEM file that is deployed with the function.',
      { cause },
    );
  }
}
