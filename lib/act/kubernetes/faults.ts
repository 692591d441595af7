import { PlatformError, type PlatformCode } from '../errors.ts';
import { textAt } from './json.ts';
import { type HttpAnswer, TooLargeError } from './request.ts';

/** Whom an error is about: the text of each names the act, the connection and the address. */
export interface Calling {
  readonly connection: string;
  readonly server: string;
  /** What was being done, to read after "while": `listing deployments in namespace shop`. */
  readonly doing: string;
  /** The permission it takes: `list deployments in namespace shop`. */
  readonly needs: string;
  readonly timeoutMs: number;
}

/** Longest part of a server's own words in an error text. */
const LONGEST_WORDS = 300;

/** The PlatformError for an answer that is no success. `secret` is taken out of the server's words. */
export function answerFault(answer: HttpAnswer, calling: Calling, secret: string): PlatformError {
  const { status } = answer;
  const words = serversWords(answer.text, secret);
  const [code, advice] = meaning(status, calling);
  return new PlatformError(
    code,
    `The API server of ${calling.connection} (${calling.server}) answered ${status}${words} while ${calling.doing}`,
    advice,
  );
}

function meaning(status: number, calling: Calling): readonly [PlatformCode, string] {
  if (status === 401) {
    return [
      'UNAUTHENTICATED',
      `Renew the credentials of the connection ${calling.connection}; for EKS, check that the role has an access entry in the cluster.`,
    ];
  }
  if (status === 403) {
    return ['FORBIDDEN', `Give its identity a role that may ${calling.needs}.`];
  }
  if (status === 404) {
    return ['TARGET_NOT_FOUND', 'Check the rule: was the target renamed or deleted?'];
  }
  if (status === 409) return ['CONFLICT', 'The next tick reads it again.'];
  if (status === 429) {
    return [
      'THROTTLED',
      'The next tick tries again; if it stays, look at the priority and fairness settings of the server.',
    ];
  }
  if (status >= 500 || status === 410 || status === 408) {
    return ['PLATFORM_FAILED', 'The next tick tries again; look at the API server’s log.'];
  }
  return ['REFUSED', 'Trying again will not change it: correct what the server names.'];
}

/** `: <message>` of a Status object, or the start of whatever else was answered, on one line. */
function serversWords(body: string, secret: string): string {
  let words = body;
  try {
    const status: unknown = JSON.parse(body);
    words = textAt(status, 'message') || textAt(status, 'reason');
  } catch {
    // A proxy's page, or a plain text: its start is the best there is.
  }
  const line = hide(words, secret).replaceAll(/\s+/g, ' ').trim();
  if (line === '') return '';
  return `: ${line.length > LONGEST_WORDS ? `${line.slice(0, LONGEST_WORDS)}…` : line}`;
}

/** A text without the secret, in case a server or proxy repeats what it was sent. */
const hide = (text: string, secret: string): string =>
  secret === '' ? text : text.replaceAll(secret, '(hidden)');

/** Node's codes for a certificate that is not trusted, is for another name, or is out of date. */
const CERTIFICATE =
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS_CERT_ALTNAME_INVALID/;

/** The PlatformError for a request that got no answer, or one that cannot be read. */
export function noAnswerFault(error: unknown, calling: Calling): PlatformError {
  const where = `The API server of ${calling.connection} (${calling.server})`;
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof TooLargeError) {
    return new PlatformError(
      'REFUSED',
      `${where} sent an answer ${message} while ${calling.doing}`,
      'Spread the workloads over more namespaces.',
    );
  }
  if (code !== undefined && CERTIFICATE.test(code)) {
    return new PlatformError(
      'UNREACHABLE',
      `${where} showed a certificate that is not trusted (${code}) while ${calling.doing}`,
      'Check certificate-authority-data and the server’s name in the kubeconfig: was the cluster created anew?',
    );
  }
  return new PlatformError(
    'UNREACHABLE',
    `${where} could not be reached (${code ?? 'connection lost'}) while ${calling.doing}`,
    'Check the address, the network and whether the API server runs.',
  );
}

/** The PlatformError for a call that was given up: its own limit passed, or the tick ended. */
export function timeFault(calling: Calling, tickEnded: boolean): PlatformError {
  const where = `The API server of ${calling.connection} (${calling.server})`;
  return new PlatformError(
    'TIMED_OUT',
    tickEnded
      ? `${where} had not answered when the time of the tick was up while ${calling.doing}`
      : `${where} did not answer within ${calling.timeoutMs} ms while ${calling.doing}`,
    'The next tick tries again; if it stays, check the API server, or raise timeout of the connection.',
  );
}

/** The PlatformError for a success whose body is not what it should be. */
export const malformedFault = (calling: Calling, found: string): PlatformError =>
  new PlatformError(
    'PLATFORM_FAILED',
    `The API server of ${calling.connection} (${calling.server}) answered with ${found} while ${calling.doing}`,
    'Check that the address is that of an API server and not of a proxy or login page.',
  );
