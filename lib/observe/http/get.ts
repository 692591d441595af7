import { shownAddress } from './address.ts';
import { HttpSourceError } from './errors.ts';

/** What every request over one connection has in common. */
export interface Getting {
  /** The longest that one request may take, redirects and body included, in milliseconds. */
  readonly timeoutMs: number;
  readonly followRedirects: boolean;
  /** The Authorization header, if the connection has one. */
  readonly authorization: string | undefined;
  /** Secrets as they are, so that an answer that repeats them is not repeated in an error. */
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly body: string;
  /** The media type without its parameters, in lower case; empty where there is none. */
  readonly mediaType: string;
}

/** More than any metrics page or statistics document; beyond it an endpoint is not what it seems. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;
/** As many as a load balancer and a login page may send in a row, and a bound on loops. */
const MAX_REDIRECTS = 5;
/** Enough of an answer to recognise it at 3 a.m., too little to leak it. */
const EXCERPT_CHARACTERS = 120;

/**
 * One GET. Answers the body of a 2xx and throws an HttpSourceError for everything else, an error
 * page above all: KEDA#8036 is what comes of reading one as a number. A redirect is followed only
 * where the connection says so and only to the same scheme, host and port, so that credentials
 * never go anywhere else.
 */
export async function get(address: URL, accept: string, getting: Getting): Promise<Answer> {
  const limit = AbortSignal.timeout(getting.timeoutMs);
  const signal = AbortSignal.any([getting.signal, limit]);
  try {
    return await follow(address, accept, { ...getting, signal });
  } catch (error) {
    if (error instanceof HttpSourceError) throw error;
    throw explain(error, address, getting, limit.aborted);
  }
}

async function follow(address: URL, accept: string, getting: Getting): Promise<Answer> {
  let here = address;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await fetch(here.href, {
      redirect: 'manual',
      signal: getting.signal,
      headers: {
        accept,
        'user-agent': 'rubato',
        ...(getting.authorization === undefined ? {} : { authorization: getting.authorization }),
      },
    });
    if (response.status < 300 || response.status >= 400) return readAnswer(response, here, getting);
    await response.body?.cancel();
    here = nextHop(response, here, getting);
  }
  throw new HttpSourceError(
    'REDIRECTED',
    `${shownAddress(address)} redirected more than ${MAX_REDIRECTS} times`,
    'Check the endpoint: is it redirecting in a circle?',
  );
}

/** Where a redirect leads, if it may be followed. */
function nextHop(response: Response, from: URL, getting: Getting): URL {
  const location = response.headers.get('location') ?? '';
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  const what = `${shownAddress(from)} answered ${response.status} with a redirect to ${
    to === undefined ? 'nowhere' : clean(shownAddress(to), getting.secrets)
  }`;
  if (to === undefined || to.origin !== from.origin || to.username !== '' || to.password !== '') {
    throw new HttpSourceError(
      'REDIRECTED',
      what,
      'Redirects are followed to the same scheme, host and port only: put the final URL into connections.yml.',
    );
  }
  if (!getting.followRedirects) {
    throw new HttpSourceError(
      'REDIRECTED',
      what,
      'Put the final URL into connections.yml, or allow it with followRedirects: true.',
    );
  }
  return to;
}

async function readAnswer(response: Response, address: URL, getting: Getting): Promise<Answer> {
  const ok = response.status >= 200 && response.status < 300;
  const text = await readBody(response, address, ok ? 'whole' : 'excerpt');
  if (!ok) throw refused(response.status, text, address, getting);
  const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  return { body: text, mediaType: mediaType.trim().toLowerCase() };
}

/** The body as text, never more of it in memory than is allowed, compressed or not. */
async function readBody(
  response: Response,
  address: URL,
  how: 'whole' | 'excerpt',
): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    // Leaving the loop cancels the body, which ends the transfer.
    if (how === 'excerpt' && text.length > EXCERPT_CHARACTERS) break;
    if (bytes > MAX_BODY_BYTES) {
      throw new HttpSourceError(
        'ANSWER_TOO_LARGE',
        `${shownAddress(address)} answered more than ${MAX_BODY_BYTES / 1024 / 1024} MB`,
        'Ask for less: narrow the path or its query.',
      );
    }
  }
  return text + decoder.decode();
}

const STATUSES: Readonly<Record<number, readonly [HttpSourceError['code'], string]>> = {
  401: ['UNAUTHENTICATED', 'Check the credentials of the connection in connections.yml.'],
  403: ['FORBIDDEN', 'Check what the credentials of the connection may read.'],
  404: ['NOT_FOUND', 'Check the path of the rule and the URL of the connection.'],
  429: ['THROTTLED', 'Ask less often: raise the interval of the rules that read it.'],
};

function refused(status: number, body: string, address: URL, getting: Getting): HttpSourceError {
  const [code, advice] =
    STATUSES[status] ??
    (status >= 500
      ? (['SOURCE_FAILED', 'Look at the endpoint; the next tick asks again.'] as const)
      : (['SOURCE_REFUSED', 'Check the path of the rule and the URL of the connection.'] as const));
  const excerpt = clean(body, getting.secrets);
  const said = excerpt === '' ? '' : `: ${excerpt}`;
  return new HttpSourceError(code, `${shownAddress(address)} answered ${status}${said}`, advice);
}

/** Somebody else's text made fit for an error: one line, short, without control characters or our secrets. */
function clean(text: string, secrets: readonly string[]): string {
  const cleaned = redact(text, secrets)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  return cleaned.length > EXCERPT_CHARACTERS ? `${cleaned.slice(0, EXCERPT_CHARACTERS)}…` : cleaned;
}

/** A text without our secrets, should the other end have repeated them. */
export function redact(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets) {
    if (secret !== '') redacted = redacted.replaceAll(secret, '[secret]');
  }
  return redacted;
}

/** What fetch threw, in an operator's words. */
function explain(
  error: unknown,
  address: URL,
  getting: Getting,
  timedOut: boolean,
): HttpSourceError {
  const where = shownAddress(address);
  if (getting.signal.aborted) {
    return new HttpSourceError(
      'TIMED_OUT',
      `${where} had not answered when the tick had to end`,
      'Lower the timeout of the connection, or give the tick more time.',
      { cause: error },
    );
  }
  if (timedOut) {
    return new HttpSourceError(
      'TIMED_OUT',
      `${where} did not answer within ${getting.timeoutMs} ms`,
      'Look at the endpoint, or raise the timeout of the connection.',
      { cause: error },
    );
  }
  return new HttpSourceError(
    'UNREACHABLE',
    `${where} could not be reached (${reason(error)})`,
    'Check the URL in connections.yml, and whether the endpoint runs.',
    { cause: error },
  );
}

/** fetch says only "fetch failed"; what happened (ECONNREFUSED, a bad certificate) is its cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return 'unknown reason';
  const { code } = cause as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : clean(cause.message, []);
}
