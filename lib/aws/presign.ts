import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

import type { EpochMillis } from '../model/units.ts';

/** Keys of an AWS identity, as the SDK's credential providers give them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When temporary keys end; a URL signed with them is refused from then on, whatever it says. */
  readonly expiration?: Date;
}

/** A GET request that shall be signed into its own URL (AWS Signature Version 4, query form). */
export interface PresignRequest {
  /** The signing name, which is not always that of the host: `kafka-cluster`, `sts`. */
  readonly service: string;
  readonly region: string;
  readonly host: string;
  /** Starts with a slash. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Signed beside `host`; whoever sends the URL must send the same. Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long the URL is accepted, from `at` on. AWS allows at most 604,800 (7 days). */
  readonly expiresSeconds: number;
  readonly credentials: AwsCredentials;
  readonly at: EpochMillis;
}

/** RFC 3986: what `encodeURIComponent` leaves alone though a signature must have it escaped. */
const escape = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/**
 * The https URL with its signature, parameters in the order of their names. No network is used.
 * It carries the right to make that one call: treat it as a secret until it has expired.
 */
export async function presignUrl(request: PresignRequest): Promise<string> {
  const signer = new SignatureV4({
    service: request.service,
    region: request.region,
    credentials: { ...request.credentials },
    sha256: Sha256,
    applyChecksum: false,
  });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: request.host,
      path: request.path,
      query: { ...request.query },
      headers: { ...request.headers, host: request.host },
    },
    { signingDate: new Date(request.at), expiresIn: request.expiresSeconds },
  );
  const query = Object.entries(signed.query ?? {})
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${escape(name)}=${escape(String(value))}`);
  return `https://${request.host}${request.path}?${query.join('&')}`;
}
