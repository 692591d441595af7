import { afterAll, beforeAll } from 'vitest';

import { millis, minutes } from '../../lib/model/units.ts';
import { httpJson, openmetrics } from '../../lib/observe/http/kinds.ts';
import type { SourceKind } from '../../lib/observe/metric-source.ts';
import { systemClock } from '../../lib/system-clock.ts';
import { type Endpoint, startEndpoint } from '../unit/observe/http/endpoint.ts';
import { metricSourceContract } from './metric-source.contract.ts';

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint((request, response) => {
    response.end(request.url === '/metrics' ? 'jobs 3\n' : '{"jobs": 3}');
  });
});
afterAll(() => endpoint[Symbol.asyncDispose]());

function prepare(kind: SourceKind, name: string, options: readonly [object, object]) {
  return async () => {
    const settings = { url: endpoint.url, followRedirects: false, timeout: millis(2000) };
    const connection = { name: 'stats', kind: 'http', settings };
    const secrets = { resolve: () => Promise.reject(new Error('nothing here is secret')) };
    const surroundings = { secrets, clock: systemClock, region: undefined };
    const [good, bad] = options.map((written) => ({
      target: {
        kind: 'process' as const,
        connection: 'workers',
        resource: '',
        namespace: '',
        name: 'mail',
      },
      spec: {
        kind: name,
        connection: 'stats',
        maxAge: minutes(2),
        value: undefined,
        figures: [],
        options: kind.schema.parse(written, { path: '', problems: [] }) as object,
      },
    }));
    if (good === undefined || bad === undefined) throw new Error('two options are needed');
    return { source: await kind.open(connection, surroundings), good, bad };
  };
}

metricSourceContract(
  'http-json',
  prepare(httpJson, 'http-json', [{ json: '$.jobs' }, { json: '$.nobody' }]),
);
metricSourceContract(
  'openmetrics',
  prepare(openmetrics, 'openmetrics', [{ metric: 'jobs' }, { metric: 'nobody' }]),
);
