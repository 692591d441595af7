import middy from '@middy/core';

import { parseTickEvent } from '../lib/tick/event.ts';
import type { TickReport } from '../lib/tick/report.ts';
import { tick } from '../lib/tick/tick.ts';
import { journal, lambdaApp } from './lambda-app.ts';
import { reportOutcome } from './middleware/report-outcome.ts';
import { withApp } from './middleware/with-app.ts';
import { withDeadline } from './middleware/with-deadline.ts';

/** One reconciliation, each minute by the schedule or by hand; answers with its decisions. */
export const handler = middy<unknown, TickReport>()
  .use(reportOutcome(journal))
  .use(withDeadline())
  .use(withApp(lambdaApp))
  .handler((event, { app, signal }) => tick(app.ports, parseTickEvent(event), signal));
