import type { Target } from '../../model/target.ts';
import { object, text, withDefault } from '../../rule/schema.ts';
import type { Connection } from '../../rule/vocabulary.ts';
import type { Change, Deployer, DeployerKind, TargetReading } from '../deployer.ts';
import { PlatformError } from '../errors.ts';
import { isRunning } from './birth.ts';
import { createLedger, type Group, groupKey, type Ledger } from './ledger.ts';

/** A mistake in an expression must not take a laptop down. */
const MOST_COPIES = 100;

const options = object(
  {
    name: withDefault(
      text({
        about: 'Tells groups of copies of the same command apart.',
        pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
        accepted: 'lower-case letters, digits and hyphens, at most 63',
      }),
      'copies',
    ),
  },
  { about: 'Copies of a connection’s command on this machine; only in the local stack.' },
);

const vocabulary = {
  connections: ['process'],
  schema: options,
  managesWorkloads: false,
  dimensions: ['replicas'],
  select: (chosen: object) => ({
    resource: '',
    namespace: '',
    name: (chosen as { readonly name: string }).name,
    labels: {},
  }),
} satisfies Omit<DeployerKind, 'open'>;

/**
 * `process` as every deployment knows it: rules may name it, so that a table can be shared, but
 * there is nothing here to run copies. The local stack puts `createProcessKind` in its place.
 */
export const processes: DeployerKind = {
  ...vocabulary,
  open: async (connection) => {
    throw new PlatformError(
      'REFUSED',
      `${connection.name} runs processes on one machine, which only the local stack does`,
      'Use it with npm start, or give the rule another target.',
    );
  },
};

/** `process` in the local stack whose supervisor keeps its ledger in `folder`. */
export function createProcessKind(folder: string): DeployerKind {
  return {
    ...vocabulary,
    open: async (connection) => createProcessDeployer(createLedger(folder), connection),
  };
}

/**
 * Scales by writing the ledger; the supervisor, here or in another process, does the rest. The
 * fence is the ledger's generation. Where no supervisor runs, targets are unknown.
 */
function createProcessDeployer(ledger: Ledger, connection: Connection): Deployer {
  const groupOf = ({ name }: Target): Group => ({ connection: connection.name, name });
  const supervised = () => {
    const roster = ledger.roster();
    const runs = roster.supervisor !== undefined && isRunning(roster.supervisor);
    return runs ? roster : noSupervisor(connection);
  };
  return {
    read: async (targets, { signal }) => {
      const roster = signal.aborted ? outOfTime(connection, 'read') : supervised();
      return targets.map((target): TargetReading => {
        if (roster instanceof PlatformError) return { found: 'unknown', error: roster };
        const { replicas, generation } = ledger.wanted(groupOf(target));
        const ready = Math.min(roster.running[groupKey(groupOf(target))] ?? 0, replicas);
        return {
          found: 'yes',
          state: {
            wanted: { replicas },
            ready: { replicas: ready },
            busy: undefined,
            fence: String(generation),
          },
        };
      });
    },
    // Any name is a group, even before it first ran, and the schema lets no pattern through.
    expand: async ({ resource, namespace, name }, { signal }) => {
      if (signal.aborted) throw outOfTime(connection, 'read');
      return [{ kind: 'process', connection: connection.name, resource, namespace, name }];
    },
    scale: async (change, { signal }) => {
      if (signal.aborted) throw outOfTime(connection, 'scaled');
      const roster = supervised();
      if (roster instanceof PlatformError) throw roster;
      return scale(ledger, groupOf(change.target), change);
    },
    deploy: undefined,
    undeploy: undefined,
    close: async () => {},
  };
}

function scale(ledger: Ledger, group: Group, { to, fence }: Change) {
  const { replicas } = to;
  if (replicas === undefined || !Number.isInteger(replicas) || replicas < 0) {
    throw refused(group, `cannot have ${replicas} copies`, 'Scale it by whole replicas.');
  }
  if (replicas > MOST_COPIES) {
    throw refused(
      group,
      `may have at most ${MOST_COPIES} copies, and ${replicas} were asked for`,
      'Give the rule a max.',
    );
  }
  const now = ledger.wanted(group);
  // As it shall be, perhaps because this very change was sent before.
  if (now.replicas === replicas) return { kind: 'done' } as const;
  const asRead = String(now.generation) === fence;
  if (asRead && ledger.want(group, replicas, now.generation)) return { kind: 'done' } as const;
  return {
    kind: 'superseded',
    because: `${groupKey(group)} was changed since it was read: generation ${fence} is now ${
      ledger.wanted(group).generation
    }`,
  } as const;
}

const refused = (group: Group, what: string, advice: string) =>
  new PlatformError('REFUSED', `${groupKey(group)} ${what}`, advice);

const noSupervisor = (connection: Connection) =>
  new PlatformError(
    'UNREACHABLE',
    `nothing runs the copies of ${connection.name} now`,
    'Start the local stack: npm start.',
  );

const outOfTime = (connection: Connection, what: string) =>
  new PlatformError(
    'TIMED_OUT',
    `the copies of ${connection.name} were not ${what}, for the time of the tick was up`,
    'The next tick tries again.',
  );
