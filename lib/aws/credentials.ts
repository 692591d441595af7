import type { AwsCredentials } from './presign.ts';

/** Gives keys that are valid now; the provider behind it renews them as they run out. */
export type AwsCredentialsProvider = () => Promise<AwsCredentials>;

/**
 * The SDK's default chain: environment, web identity, shared files, container and instance roles.
 * The chain is loaded only when keys are asked for, and is then kept with the keys it found.
 * Rejects with the SDK's CredentialsProviderError where no link of the chain has keys.
 */
export function awsCredentials(): AwsCredentialsProvider {
  let chain: Promise<AwsCredentialsProvider> | undefined;
  return async () => {
    chain ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) =>
      defaultProvider(),
    );
    return (await chain)();
  };
}
