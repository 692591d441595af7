import middy from '@middy/core';
import type { DynamoDBBatchResponse } from 'aws-lambda';

import { type EditReport, followEdits } from '../lib/tick/rule-edits.ts';
import { failedRecords, parseRulesEvent } from '../lib/tick/rules-event.ts';
import { journal, lambdaApp } from './lambda-app.ts';
import { reportOutcome } from './middleware/report-outcome.ts';
import { withApp } from './middleware/with-app.ts';
import { withDeadline } from './middleware/with-deadline.ts';

/** Follows edits of the rules table by its stream; by hand, `{"rules": ["orders"]}` judges these again. */
export const handler = middy<unknown, EditReport & DynamoDBBatchResponse>()
  .use(reportOutcome(journal))
  .use(withDeadline())
  .use(withApp(lambdaApp))
  .handler(async (event, { app, signal }) => {
    const edits = parseRulesEvent(event);
    const report = await followEdits(app.ports, edits, signal);
    return { ...report, batchItemFailures: failedRecords(edits, report) };
  });
