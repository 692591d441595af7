import { Command } from 'commander';

import type { ExitCode, Io } from './io.ts';
import { withJson } from './options.ts';
import type { SimulateOptions } from './simulate.ts';

/** `rubato simulate`: needs no connection and no store, only a rule and a trace. */
export function simulateCommand(io: Io, end: (code: ExitCode) => void): Command {
  const made = new Command('simulate')
    .description('Try a rule, or two, on a trace, and say what it would have cost.')
    .requiredOption('--rule <file>', 'the rule, a YAML file')
    .requiredOption(
      '--trace <place>',
      'what happened: a CSV file, or recordings: a folder, a file, s3://bucket/prefix',
    )
    .option('--rule-id <id>', 'whose recordings, where the rule is called otherwise')
    .option('--target <name>', 'which target’s recordings, where the rule has several')
    .option('--compare <file>', 'another rule to put beside it')
    .option('--plot <file>', 'draw metric, wish and replicas into an SVG file')
    .option('--tick <time>', 'how far apart ticks are; the rule’s interval by default')
    .option('--start-up <time>', 'how long a new replica takes to work')
    .option('--rate <number>', 'messages one replica reads in a second')
    .option('--rebalance <time>', 'how long nobody reads after a change')
    .option('--partitions <number>', 'partitions of the topic; as recorded by default, else 12')
    .option('--over <number>', 'the backlog above which time is counted')
    .option('--replicas <number>', 'replicas at the start; as recorded by default, else 0')
    .option('--begin <time>', 'the moment of second 0 of a trace in seconds')
    .addHelpText(
      'after',
      '\nExample:\n  npx rubato simulate --rule examples/traces/orders-rule.yaml --trace examples/traces/spike.csv\n  npx rubato simulate --rule orders.yaml --trace .rubato/recordings',
    );
  return withJson(made).action(async (options: SimulateOptions) => {
    const { runSimulate } = await import('./simulate.ts');
    end(await runSimulate(options, io));
  });
}
