import { readFile } from 'node:fs/promises';

import { type App, createApp } from '../lib/app.ts';
import { readConfig } from '../lib/config.ts';
import { createLazyJournal } from '../lib/record/lazy-journal.ts';
import { createEmfMetrics } from '../lib/record/metrics.ts';
import { systemClock } from '../lib/system-clock.ts';

/** The journal of this container: Powertools' JSON lines, loaded by the first of them. */
export const journal = createLazyJournal(async () => {
  const { createLogger, createLogJournal } = await import('../lib/record/log.ts');
  return createLogJournal(createLogger());
});

/**
 * The app as Lambda runs it. Connections come as `connections.json` beside the code, which the
 * packaging made of connections.yml: they are fixed at deploy time, and no table can change them.
 */
export async function lambdaApp(): Promise<App> {
  const file = process.env['CONNECTIONS_FILE'] ?? new URL('connections.json', import.meta.url);
  const connections: unknown = JSON.parse(await readFile(file, 'utf8'));
  return createApp({
    config: readConfig(process.env),
    connections,
    env: process.env,
    journal,
    metrics: createEmfMetrics({
      write: (line) => process.stdout.write(`${line}\n`),
      service: process.env['POWERTOOLS_SERVICE_NAME'] ?? 'rubato',
      clock: systemClock,
    }),
  });
}
