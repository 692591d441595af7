import type { GetBootstrapBrokersResponse } from '@aws-sdk/client-kafka';

import type { KafkaConnection } from '../../rule/connection-kinds.ts';
import { KafkaError } from './errors.ts';
import type { BrokerAddress } from './requests.ts';

/** `host:port` or `[v6]:port`, as connections.yml and MSK write them. */
export function parseAddress(text: string): BrokerAddress {
  const at = text.lastIndexOf(':');
  const host = text.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(text.slice(at + 1)) };
}

/** The attributes of MSK's answer that fit an authentication, the private network's first. */
function fitting(
  settings: KafkaConnection,
  answer: GetBootstrapBrokersResponse,
): { readonly name: string; readonly brokers: string | undefined } {
  if (settings.auth === 'iam') {
    return {
      name: 'SASL/IAM',
      brokers: answer.BootstrapBrokerStringSaslIam ?? answer.BootstrapBrokerStringPublicSaslIam,
    };
  }
  if (settings.sasl !== undefined) {
    return {
      name: 'SASL/SCRAM',
      brokers: answer.BootstrapBrokerStringSaslScram ?? answer.BootstrapBrokerStringPublicSaslScram,
    };
  }
  if (settings.tls !== undefined) {
    return {
      name: 'TLS',
      brokers: answer.BootstrapBrokerStringTls ?? answer.BootstrapBrokerStringPublicTls,
    };
  }
  return { name: 'plaintext', brokers: answer.BootstrapBrokerString };
}

/** The region in an ARN: `arn:aws:kafka:eu-west-1:123456789012:cluster/…`. */
export const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

/**
 * Asks AWS for the brokers of an MSK cluster (GetBootstrapBrokers) that take the connection's
 * authentication. The SDK's client is loaded only here.
 */
async function mskBrokers(
  arn: string,
  settings: KafkaConnection,
  signal: AbortSignal,
): Promise<readonly BrokerAddress[]> {
  const { GetBootstrapBrokersCommand, KafkaClient } = await import('@aws-sdk/client-kafka');
  const client = new KafkaClient({ region: regionOf(arn), maxAttempts: 2 });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(settings.timeout))]);
  let answer: GetBootstrapBrokersResponse;
  try {
    answer = await client.send(new GetBootstrapBrokersCommand({ ClusterArn: arn }), {
      abortSignal: limit,
    });
  } catch (error) {
    throw explain(error, arn, limit.aborted);
  } finally {
    client.destroy();
  }
  const { name, brokers } = fitting(settings, answer);
  if (brokers === undefined || brokers === '') {
    throw new KafkaError(
      'CONNECTION_INVALID',
      `The MSK cluster ${arn} has no brokers for ${name}`,
      'Turn that authentication on for the cluster, or set auth, sasl or tls as the cluster has it.',
    );
  }
  return brokers.split(',').map(parseAddress);
}

function explain(cause: unknown, arn: string, isLate: boolean): KafkaError {
  const { name, message } = cause as Error;
  if (isLate) {
    return new KafkaError(
      'TIMED_OUT',
      `AWS did not name the brokers of ${arn} in time`,
      'Check that the function reaches the MSK API: a private subnet needs an endpoint or NAT.',
      { cause },
    );
  }
  const isDenied = /AccessDenied|Forbidden|Unauthorized|Credentials|UnrecognizedClient/.test(name);
  return new KafkaError(
    isDenied ? 'NOT_AUTHORIZED' : 'UNREACHABLE',
    `AWS did not name the brokers of ${arn}: ${name}: ${message}`,
    isDenied
      ? 'The role needs kafka:GetBootstrapBrokers on the cluster.'
      : 'Check the ARN and its region, and that the function reaches the MSK API.',
    { cause },
  );
}

/** Where to begin: the connection's brokers, or those that AWS names for its cluster. */
export async function bootstrapBrokers(
  settings: KafkaConnection,
  signal: AbortSignal,
): Promise<readonly BrokerAddress[]> {
  const { brokers = [], msk } = settings;
  return msk === undefined ? brokers.map(parseAddress) : mskBrokers(msk, settings, signal);
}
