import { ScalerError } from '../../../../lib/model/errors.ts';
import type { Sample } from '../../../../lib/model/sample.ts';
import type { SecretReference } from '../../../../lib/model/secrets.ts';
import type { Target } from '../../../../lib/model/target.ts';
import { epochMillis, millis } from '../../../../lib/model/units.ts';
import { httpJson } from '../../../../lib/observe/http/kinds.ts';
import type { SourceKind } from '../../../../lib/observe/metric-source.ts';
import { httpConnection } from '../../../../lib/rule/connection-kinds.ts';
import { INVALID, type Problem } from '../../../../lib/rule/schema.ts';

/** The moment of every reading here. */
export const NOW = epochMillis(1_800_000_000_000);

class NoSecretError extends ScalerError {
  readonly code = 'SECRET_MISSING';
  readonly retry = 'never';
}

const secrets = {
  resolve: async ({ name }: SecretReference) => {
    if (name === 'ABSENT') throw new NoSecretError('the variable ABSENT is not set', 'Set it.');
    return `s3cret-${name}`;
  },
};
const surroundings = {
  secrets,
  region: undefined,
  clock: { now: () => NOW, sleep: () => Promise.reject(new Error('nothing here waits')) },
};

export const TARGET: Target = {
  kind: 'process',
  connection: 'jobs',
  resource: '',
  namespace: '',
  name: 'orders',
};

function parse(schema: { parse: SourceKind['schema']['parse'] }, value: unknown): object {
  const problems: Problem[] = [];
  const parsed = schema.parse(value, { path: '', problems });
  if (parsed === INVALID) throw new Error(JSON.stringify(problems));
  return parsed;
}

/** What is wrong with a rule that has these options, its path starting at `m`. */
export const problemsOf = (kind: SourceKind, value: unknown): readonly Problem[] => {
  const problems: Problem[] = [];
  kind.schema.parse(value, { path: 'm', problems });
  return problems;
};

interface Asked {
  readonly kind?: SourceKind;
  readonly connection: Record<string, unknown>;
  readonly signal?: AbortSignal;
  readonly target?: Target;
}

/** Reads metrics with these options over one connection, as a tick does. */
export async function readAll(asked: Asked, ...options: object[]): Promise<readonly Sample[]> {
  const kind = asked.kind ?? httpJson;
  const settings = parse(httpConnection, asked.connection);
  const source = await kind.open({ name: 'stats', kind: 'http', settings }, surroundings);
  const requests = options.map((option) => ({
    target: asked.target ?? TARGET,
    spec: {
      kind: 'http-json',
      connection: 'stats',
      maxAge: millis(60_000),
      value: undefined,
      figures: [],
      options: parse(kind.schema, option),
    },
  }));
  return source.read(requests, { now: NOW, signal: asked.signal ?? new AbortController().signal });
}

export async function readOne(asked: Asked, option: object): Promise<Sample> {
  const [sample] = await readAll(asked, option);
  if (sample === undefined) throw new Error('no sample');
  return sample;
}

/** The sample of a number that was just measured. */
export const fresh = (value: number, at: number = NOW) => ({
  trust: 'fresh',
  at,
  measurement: { kind: 'number', value },
});
