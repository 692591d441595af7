import type { Target } from '../../model/target.ts';
import { note, type Place, type INVALID, quote, type Schema, text } from '../../rule/schema.ts';
import { HttpSourceError } from './errors.ts';

/**
 * What a rule may write: path and query of RFC 3986 without what could change the host or be read
 * in two ways. Backslash, space, tab, newline, `#` and `@` are out because URL parsers rewrite or
 * drop some of them, `[` and `{` but for our two variables because not all accept them.
 */
const ALLOWED = /^(?:[\w\-.~!$&'()*+,;=:%/?]|\$\{TARGET_(?:NAME|NAMESPACE)\})*$/;
const VARIABLE = /\$\{(TARGET_NAME|TARGET_NAMESPACE)\}/g;
/** `.` or `..` as a whole segment, plain or percent-encoded: URL parsers walk up on any of them. */
const DOTS = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/** The schema of a rule's `path`: relative to the connection's URL, and never able to leave it. */
export function relativePath(about: string): Schema<string> {
  const plain = text({ about, max: 2048 });
  return {
    json: plain.json,
    parse(value, place) {
      const path = plain.parse(value, place);
      return typeof path === 'string' ? checkPath(path, place) : path;
    },
  };
}

function checkPath(path: string, place: Place): string | typeof INVALID {
  const [beforeQuery = ''] = path.split('?');
  if (/^[a-z][a-z\d+.-]*:/i.test(path) || path.includes('//')) {
    return note(
      place,
      `expected a path relative to the connection's URL, found ${quote(path)}; a rule cannot name another host`,
    );
  }
  if (/\$\{/.test(path.replaceAll(VARIABLE, ''))) {
    return note(
      place,
      `expected no variable but \${TARGET_NAME} and \${TARGET_NAMESPACE}, found ${quote(path)}`,
    );
  }
  if (!ALLOWED.test(path) || /%(?![\da-f]{2})/i.test(path)) {
    return note(
      place,
      `expected a path of letters, digits and -._~!$&'()*+,;=:%/? only, found ${quote(path)}`,
    );
  }
  if (DOTS.test(beforeQuery) || /%(?:2f|5c)/i.test(beforeQuery)) {
    return note(place, `expected a path without . or .. in it, found ${quote(path)}`);
  }
  return path;
}

/**
 * The address of one request: the connection's URL, its path extended by the rule's, queries of
 * both joined. The target's name and namespace are percent-encoded into it. Throws PATH_REFUSED
 * when the result would leave the connection's host or its path, whatever the check of the rule
 * let through.
 */
export function addressOf(base: string, path: string, target: Target): URL {
  const root = new URL(base);
  const values = { TARGET_NAME: target.name, TARGET_NAMESPACE: target.namespace };
  const filled = path.replaceAll(VARIABLE, (_, name: keyof typeof values) =>
    encodeURIComponent(values[name].toWellFormed()),
  );
  const cut = filled.indexOf('?');
  const [extra, query] = cut === -1 ? [filled, ''] : [filled.slice(0, cut), filled.slice(cut + 1)];
  const folder = root.pathname.replace(/\/$/, '');
  const tail = extra.replace(/^\//, '');
  const pathname = extra === '' ? root.pathname : `${folder}/${tail}`;
  const search = [root.search.slice(1), query].filter((part) => part !== '').join('&');
  const address = new URL(`${root.origin}${pathname}${search === '' ? '' : `?${search}`}`);
  const inPlace = address.origin === root.origin && address.pathname === pathname;
  if (!inPlace || DOTS.test(extra)) {
    throw new HttpSourceError(
      'PATH_REFUSED',
      `the path ${quote(filled)} would leave ${root.origin}${folder}/`,
      'Check the path of the rule and the name of its target.',
    );
  }
  return address;
}

/** An address as an error text shows it: without its query, which may hold a key. */
export const shownAddress = (address: URL): string => `${address.origin}${address.pathname}`;
