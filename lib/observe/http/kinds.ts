import type { Surroundings } from '../../model/surroundings.ts';
import type { HttpConnection } from '../../rule/connection-kinds.ts';
import type { ObjectSchema } from '../../rule/schema.ts';
import type { Connection } from '../../rule/vocabulary.ts';
import type { SourceKind } from '../metric-source.ts';
import { jsonOptions, openmetricsOptions } from './options.ts';
import type { Reader } from './source.ts';

/** `http-json`: one number of a JSON document, at most 5 MB, that a GET answers. */
export const httpJson: SourceKind = kindOf(jsonOptions, async () =>
  (await import('./readers.ts')).jsonReader(),
);

/** `openmetrics`: one metric's series, matched by labels, of a metrics page, at most 5 MB. */
export const openmetrics: SourceKind = kindOf(openmetricsOptions, async () =>
  (await import('./readers.ts')).openmetricsReader(),
);

/** The schema is needed wherever rules are read; what reads over HTTP is loaded when a rule does. */
function kindOf(schema: ObjectSchema<object>, createReader: () => Promise<Reader>): SourceKind {
  return {
    connections: ['http'],
    schema,
    figures: [],
    open: async (connection: Connection, surroundings: Surroundings) => {
      const { createHttpSource } = await import('./source.ts');
      const settings = connection.settings as HttpConnection;
      return createHttpSource(settings, surroundings, await createReader());
    },
  };
}
