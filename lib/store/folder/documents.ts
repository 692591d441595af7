import { type Document, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';

import { type Problem, quote } from '../../rule/schema.ts';

/** One document of a file: a rule, or what could be made out of one. */
export interface WrittenRule {
  readonly id: string;
  /** The file and the line it begins at, `orders.yaml:12`. */
  readonly place: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Why it cannot be read; empty where it can. `attributes` is empty where it cannot. */
  readonly problems: readonly Problem[];
}

/** As much as DynamoDB keeps in one item; a rule has some hundred bytes. */
const MAX_FILE_LENGTH = 400 * 1024;
/** Aliases that are followed in one document: enough for anchors people write, too few for a bomb. */
const MAX_ALIASES = 100;
/** As deep as DynamoDB keeps an item, so that a rule is the same in both places. */
const MAX_DEPTH = 32;
const MAX_PROBLEMS = 20;

/** The rules written in a file of YAML or JSON, whose name is `name`. Empty documents are none. */
export function readDocuments(name: string, text: string): readonly WrittenRule[] {
  if (text.length > MAX_FILE_LENGTH) {
    const message = `${name} has ${text.length} characters, at most ${MAX_FILE_LENGTH} are read`;
    return [{ id: stem(name), place: name, attributes: {}, problems: [{ path: '', message }] }];
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    // What is wrong is an answer here, never a line on the terminal.
    logLevel: 'error',
  });
  if (!Array.isArray(documents)) return [];
  return documents
    .filter((document) => !isEmpty(document))
    .flatMap((document) => readDocument({ name, text, lines }, document));
}

const isEmpty = ({ contents, errors }: Document.Parsed): boolean =>
  errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));

interface SourceFile {
  readonly name: string;
  readonly text: string;
  readonly lines: LineCounter;
}

function readDocument(file: SourceFile, document: Document.Parsed): readonly WrittenRule[] {
  const start = document.contents?.range[0] ?? document.range[0];
  const place = placeAt(file, start);
  const found = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS);
  const problems: Problem[] = found.map(({ message, pos }) => ({
    path: '',
    message: `${placeAt(file, pos[0])}: ${message}`,
  }));
  const { id, ...attributes } = toAttributes(document, place, problems);
  // What stands in the table beside a rule is ours, not the author's.
  delete attributes['status'];
  const isNamed = typeof id === 'string' && id !== '';
  if (!isNamed && problems.length === 0) {
    problems.push({
      path: 'id',
      message: `${place}: expected the rule's name, found ${quote(id)}`,
    });
  }
  if (problems.length === 0 && isNamed) return [{ id, place, attributes, problems }];
  const ids = isNamed ? [id] : guessIds(file, document);
  return ids.map((guessed) => ({ id: guessed, place, attributes: {}, problems }));
}

function placeAt({ name, lines }: SourceFile, offset: number): string {
  return `${name}:${lines.linePos(offset).line}`;
}

function toAttributes(
  document: Document.Parsed,
  place: string,
  problems: Problem[],
): Record<string, unknown> {
  const { contents } = document;
  if (!isMap(contents)) {
    if (problems.length === 0) {
      const message = `${place}: expected a map of a rule's attributes, found another kind of value`;
      problems.push({ path: '', message });
    }
    return {};
  }
  try {
    const attributes = document.toJS({ maxAliasCount: MAX_ALIASES }) as Record<string, unknown>;
    if (isDeeper(attributes, MAX_DEPTH)) {
      problems.push({ path: '', message: `${place}: is nested deeper than ${MAX_DEPTH} levels` });
    }
    return attributes;
  } catch (error) {
    // An alias without its anchor or too many of them, or nesting beyond the stack: yaml has no
    // class of its own for these.
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    problems.push({ path: '', message: `${place}: ${error.message}` });
    const id = contents.get('id');
    return typeof id === 'string' ? { id } : {};
  }
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((entry) => isDeeper(entry, depth - 1));
}

const ID_LINE = /^[\s-]*"?id"?\s*:\s*["']?([^\s"',#]+)/gm;

/**
 * The id of a document that does not parse: the line that looks like one, all of them where
 * somebody wrote a list of rules, and the file's name where there is none.
 */
function guessIds({ name, text }: SourceFile, document: Document.Parsed): readonly string[] {
  const [start, , end] = document.range;
  const found = [...text.slice(start, end).matchAll(ID_LINE)].map((match) => match[1] ?? '');
  const ids = isSeq(document.contents) ? [...new Set(found)] : found.slice(0, 1);
  return ids.length > 0 ? ids : [stem(name)];
}

const stem = (name: string): string => name.replace(/\.[^.]*$/, '');
