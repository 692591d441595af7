import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { contentHash } from '../rule/content-hash.ts';
import type { RuleItem } from '../store/rule-store.ts';
import type { Ports } from '../tick/ports.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { judgeText, ruleText, shownProblems } from './rule-text.ts';

/**
 * Lets a person edit a rule as YAML. What is saved is judged before it is written; with problems
 * the person may go on editing. Whatever goes wrong, the text that was written stays in a file
 * whose name is told.
 */
export async function editRule(item: RuleItem, ports: Ports, io: Io): Promise<ExitCode> {
  const file = join(await mkdtemp(join(tmpdir(), 'rubato-')), `${item.id}.yaml`);
  const before = ruleText(item);
  await writeFile(file, before);
  for (;;) {
    if (!(await io.edit(file))) return keep(file, 'the editor did not end well', io);
    const text = await readFile(file, 'utf8');
    if (text.trim() === before.trim()) {
      await rm(dirname(file), { recursive: true });
      io.err('Nothing was changed.\n');
      return EXIT.done;
    }
    const found = readEdited(item.id, text, ports);
    if ('attributes' in found) {
      return await save({ id: item.id, ...found }, item, { file, ports, io });
    }
    for (const line of found.problems) io.err(`${line}\n`);
    const answer = await io.ask('Edit again? [Y/n] ');
    if (answer === undefined || /^n/i.test(answer.trim())) {
      return keep(file, 'the rule is not valid', io);
    }
  }
}

type Edited = Pick<RuleItem, 'attributes'> | { readonly problems: readonly string[] };

function readEdited(id: string, text: string, ports: Ports): Edited {
  const [judged, ...more] = judgeText(`${id}.yaml`, text, ports);
  if (judged === undefined) {
    return { problems: [`The text is empty; npx rubato rules delete ${id} deletes the rule.`] };
  }
  if (more.length > 0) {
    return { problems: ['The text has several documents; keep the one rule that is edited.'] };
  }
  if (judged.problems.length > 0) return { problems: shownProblems(judged) };
  if (judged.written.id !== id) {
    return {
      problems: [
        `The id was changed to ${judged.written.id}; write a new rule with npx rubato rules put.`,
      ],
    };
  }
  return { attributes: judged.written.attributes };
}

async function save(
  edited: Pick<RuleItem, 'id' | 'attributes'>,
  opened: RuleItem,
  { file, ports, io }: { readonly file: string; readonly ports: Ports; readonly io: Io },
): Promise<ExitCode> {
  try {
    const present = await ports.rules.get(edited.id, io.signal);
    if (contentHash(present?.attributes) !== contentHash(opened.attributes)) {
      return keep(file, 'somebody else has changed the rule meanwhile', io);
    }
    await ports.rules.put(edited, io.signal);
  } catch (error) {
    keep(file, 'the rule could not be written', io);
    throw error;
  }
  await rm(dirname(file), { recursive: true });
  io.err(`${edited.id} is saved; the next tick follows it.\n`);
  return EXIT.done;
}

function keep(file: string, because: string, io: Io): ExitCode {
  io.err(`Nothing was written, because ${because}. Your text is in ${file}.\n`);
  return EXIT.failed;
}
