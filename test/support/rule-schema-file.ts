import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { targetKinds } from '../../lib/act/registry.ts';
import { metricKinds } from '../../lib/observe/registry.ts';
import { connectionKinds } from '../../lib/rule/connection-kinds.ts';
import { ruleJsonSchema } from '../../lib/rule/parse-rule.ts';

const FILE = path.resolve(import.meta.dirname, '../../docs/rules.schema.json');

/** The JSON Schema of rules with every kind that is registered, as JSON has it. */
export const presentRuleSchema = (): unknown =>
  JSON.parse(
    JSON.stringify(
      ruleJsonSchema({ connections: connectionKinds, metrics: metricKinds, targets: targetKinds }),
    ),
  );

/** The one that docs/ shows to editors. */
export const writtenRuleSchema = (): unknown => JSON.parse(readFileSync(FILE, 'utf8'));

// `node test/support/rule-schema-file.ts` brings the file up to date; oxfmt formats it.
if (import.meta.main) writeFileSync(FILE, `${JSON.stringify(presentRuleSchema(), null, 2)}\n`);
