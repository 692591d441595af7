import { isPlain } from '../rule/schema.ts';
import { EventInvalidError, parseTickEvent } from './event.ts';
import type { EditReport } from './rule-edits.ts';

/** The edits an event tells of, and which record of a stream told of which rule. */
export interface RuleEdits {
  readonly rules: readonly string[];
  readonly dryRun: boolean;
  readonly records: readonly { readonly sequence: string; readonly rule: string }[];
}

/**
 * The rules an event is about: a DynamoDB stream's records by their keys (what they say of the
 * item is not used, the item is read again), or `{"rules": […]}` by hand.
 */
export function parseRulesEvent(input: unknown): RuleEdits {
  if (!isPlain(input) || !Array.isArray(input['Records'])) {
    const { rules, dryRun = false } = parseTickEvent(input);
    if (rules === undefined) {
      const message = 'is required: the ids of the rules to judge, such as ["orders"]';
      throw new EventInvalidError([{ path: 'rules', message }]);
    }
    return { rules, dryRun, records: [] };
  }
  const records = (input['Records'] as readonly unknown[]).map((record, at) => {
    const change = isPlain(record) ? record['dynamodb'] : undefined;
    const keys = isPlain(change) ? change['Keys'] : undefined;
    const id = isPlain(keys) ? keys['id'] : undefined;
    const rule = isPlain(id) ? id['S'] : undefined;
    const sequence = isPlain(change) ? change['SequenceNumber'] : undefined;
    if (typeof rule !== 'string' || typeof sequence !== 'string') {
      const message =
        'expected a record of the rules table’s stream, with Keys.id.S and SequenceNumber';
      throw new EventInvalidError([{ path: `Records[${at}]`, message }]);
    }
    return { sequence, rule };
  });
  return { rules: records.map(({ rule }) => rule), dryRun: false, records };
}

/** The records that must be delivered again, as Lambda's partial batch response wants them. */
export function failedRecords(
  { records }: RuleEdits,
  { verdicts }: EditReport,
): { itemIdentifier: string }[] {
  const failed = new Set(
    verdicts.filter(({ state }) => state === 'failed').map(({ rule }) => rule),
  );
  return records
    .filter(({ rule }) => failed.has(rule))
    .map(({ sequence }) => ({ itemIdentifier: sequence }));
}
