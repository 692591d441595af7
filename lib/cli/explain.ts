import type { Command } from 'commander';

import { parseIso } from '../model/iso.ts';
import { explainDecision } from '../record/explain.ts';
import { isMany, scalableKey } from '../rule/expand.ts';
import type { Rule } from '../rule/rule.ts';
import type { AuditEntry } from '../store/audit-log.ts';
import type { Ports } from '../tick/ports.ts';
import type { DecisionReport } from '../tick/report.ts';
import { judgeRule } from '../tick/rule-book.ts';
import { tick } from '../tick/tick.ts';
import { shownInvalid } from './decisions.ts';
import { explainAt } from './explain-record.ts';
import { type ExitCode, type Io } from './io.ts';
import {
  command,
  type CommonOptions,
  type JsonOption,
  printJson,
  printLines,
  withJson,
} from './options.ts';
import { openSession } from './session.ts';
import { bold, plain, table } from './text.ts';
import { exitCodeOf, tickSignal } from './tick.ts';

/** Enough to see a habit, few enough for one screen. */
const CHANGES_SHOWN = 5;

export function explainCommand(io: Io, end: (code: ExitCode) => void): Command {
  return withJson(
    command(
      'explain',
      'Show what a rule sees and decides now, step by step, and what it changed last. Writes nothing.',
      'npx rubato explain mail',
    ),
  )
    .argument('<rule>', 'the rule’s id')
    .option('--at <time>', 'what was recorded then, in place of now: 2026-11-20T20:00:00Z')
    .action(async (id: string, options: CommonOptions & JsonOption & { readonly at?: string }) => {
      if (options.at !== undefined) {
        end(await explainAt(id, options.at, options, io));
        return;
      }
      const session = await openSession(options, io, 'store');
      try {
        const { ports } = session.app;
        const signal = tickSignal(io);
        const report = await tick(ports, { dryRun: true, rules: [id] }, signal);
        const rule = await readRule(id, ports, signal);
        const explained = await Promise.all(
          report.decisions.map(async (decision) => ({
            decision,
            changes: await ports.audit.list(keyOf(decision, rule), CHANGES_SHOWN, signal),
          })),
        );
        if (options.json === true) {
          printJson(io, {
            ...report,
            changes: explained.flatMap(({ changes }) => changes.map(parsedChange)),
          });
        } else {
          printLines(io, [
            ...explained.flatMap(({ decision, changes }) =>
              [explainDecision(decision, rule, parseIso(report.tick.at))].concat(
                shownChanges(changes),
                '',
              ),
            ),
            ...shownInvalid(report.invalid),
          ]);
        }
        end(exitCodeOf(report));
      } finally {
        await session.close();
      }
    });
}

/** The version of the rule that is followed now; undefined where there is no valid one. */
async function readRule(id: string, ports: Ports, signal: AbortSignal): Promise<Rule | undefined> {
  const item = await ports.rules.get(id, signal);
  const verdict = item && judgeRule(item, ports);
  if (verdict?.ok === true) return verdict.policy.rule;
  const attributes = await ports.lastGood.get(id, signal);
  const before = attributes && judgeRule({ id, attributes }, ports);
  return before?.ok === true ? before.policy.rule : undefined;
}

/** Under what the changes of this target are kept; its place is what follows the connection. */
function keyOf({ rule: id, target }: DecisionReport, rule: Rule | undefined): string {
  const place = target.slice(target.indexOf('/') + 1).split('/');
  const name = place.pop() ?? '';
  const many = rule !== undefined && isMany(rule.target);
  return scalableKey(id, { namespace: place.join('/'), name }, many);
}

function shownChanges(changes: readonly AuditEntry[]): readonly string[] {
  if (changes.length === 0) return [bold('Last changes'), '  none'];
  const rows = changes.map((entry) => {
    const { capacity = {}, binding = '', outcome = '', because = '' } = parsedChange(entry);
    const change = Object.values(capacity).map(({ from, to }) => `${from} → ${to}`);
    return [`  ${iso(entry.at)}`, change.join(', '), binding, outcome, plain(because)];
  });
  return [bold('Last changes'), ...table(rows)];
}

interface Change {
  readonly capacity?: Readonly<Record<string, { readonly from: number; readonly to: number }>>;
  readonly binding?: string;
  readonly outcome?: string;
  readonly because?: string;
}

const parsedChange = ({ body }: AuditEntry): Change => JSON.parse(body) as Change;

const iso = (at: number): string => new Date(at).toISOString();
