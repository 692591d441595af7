import { PlatformError } from '../../../lib/act/errors.ts';
import { createLastFiring } from '../../../lib/cron.ts';
import type { Sample } from '../../../lib/model/sample.ts';
import type { Target } from '../../../lib/model/target.ts';
import { epochMillis, millis } from '../../../lib/model/units.ts';
import type { Recording } from '../../../lib/record/record.ts';
import type { Ports } from '../../../lib/tick/ports.ts';
import { tick } from '../../../lib/tick/tick.ts';
import type { FakeDeployer } from '../../fake/deployer.ts';
import { type Chance, createChance } from '../../simulation/chance.ts';
import { createWorld, deployment, never, type World } from '../../support/world.ts';

/*
 * Worlds by seed: a dozen rules that use every step between them, metrics that move, vanish, turn
 * to nonsense and grow old, people who edit, roll out and pause, platforms that fail; run by the
 * real tick, with recordings on.
 */

/** So many rules in each world. */
const RULES = 12;
const MINUTE = 60_000;

type Attributes = Readonly<Record<string, unknown>>;

/** Runs a world of a seed for so many ticks and gives its recordings as the tick appends them. */
export async function* recordWorld(seed: number, ticks: number): AsyncGenerator<Recording> {
  const chance = createChance(seed);
  const world = createWorld({ guard: { share: chance.one([0.1, 0.3, 1]), free: 3 } });
  const recorded: Recording[] = [];
  const ports: Ports = {
    ...world.ports,
    cron: async () => createLastFiring(),
    recordings: {
      place: 'the test',
      append: async (recording) => void recorded.push(recording),
      list: () => never as never,
      read: () => never as never,
    },
  };
  // Begins at some minute of 2026, so that worlds together see both changes of the clocks.
  world.clock.advance(millis(MINUTE * chance.whole(-450_000, 50_000)));
  const lives: Life[] = [];
  for (let at = 0; at < RULES; at += 1) lives.push(await beginLife(world, chance, at));
  for (let done = 0; done < ticks; done += 1) {
    for (const life of lives) live(life, world, chance);
    const end = disturb(lives, world.deployer, chance);
    // A signal of its own: what listens to one is kept for as long as the signal is.
    await tick(ports, {}, new AbortController().signal);
    end();
    world.clock.advance(millis(chance.hits(0.05) ? 40 * MINUTE : chance.one([15_000, MINUTE])));
    yield* recorded.splice(0);
  }
}

interface Life {
  readonly id: string;
  readonly target: Target;
  readonly partitions: { end: number; committed: number }[];
  level: number;
}

async function beginLife(world: World, chance: Chance, at: number): Promise<Life> {
  const id = `rule-${at}`;
  const target = deployment(id);
  world.deployer.put(target, chance.whole(0, 6));
  const group = at % 2 === 0;
  const attributes = { ...wish(chance, id, group), ...behaviour(chance, world.clock.now()) };
  const { namespace, name, kind, connection } = target;
  await world.rule(id, { target: { kind, connection, namespace, name }, ...attributes });
  const partitions = Array.from({ length: chance.whole(1, 9) }, () => {
    const end = chance.whole(0, 1e9);
    return { end, committed: chance.hits(0.1) ? -1 : Math.max(0, end - chance.whole(0, 300)) };
  });
  return { id, target, partitions, level: chance.whole(0, 900) };
}

/** The attributes, in this share of cases. */
const maybe = (chance: Chance, share: number, attributes: Attributes): Attributes =>
  chance.hits(share) ? attributes : {};

function wish(chance: Chance, id: string, group: boolean): Attributes {
  if (!group) {
    const maxAge = chance.one(['30s', '10m']);
    const queue = { kind: 'http-json', connection: 'web', path: `/${id}`, json: '$.n', maxAge };
    return {
      metrics: { queue },
      replicas: chance.one<unknown>([
        'ceil(queue / 100)',
        'queue / 90',
        'round(queue ?? 300)',
        { min: 'ceil(queue / 120)', max: 'ceil(queue / 60)' },
        { min: 'queue / 50' },
      ]),
      min: chance.one<unknown>([0, 1, 2, 'queue > 500 ? 3 : 1']),
      max: chance.one<unknown>([12, 1, 'queue > 800 ? 20 : 8', 1000]),
    };
  }
  const options = {
    ...maybe(chance, 0.3, { limitTo: chance.one(['partitions', 'lagging']) }),
    ...maybe(chance, 0.2, { spread: 'even' }),
    ...maybe(chance, 0.2, { excludeStuck: 3 }),
  };
  const orders = { kind: 'kafka-lag', connection: 'main', topic: id, group: id, ...options };
  return {
    metrics: { orders },
    replicas: chance.one([
      'ceil(orders.lag / 100)',
      'orders.maxLag / 30 + orders.lagging',
      'orders.activity > 0 ? max(1, orders.lag / 200) : orders.lag / 80',
    ]),
    max: chance.one<unknown>(['orders.partitions', 'orders.lagging', 20]),
    ...maybe(chance, 0.4, { rebalanceHold: '2m' }),
  };
}

function behaviour(chance: Chance, now: number): Attributes {
  const soon = (hours: number): string => new Date(now + hours * 60 * MINUTE).toISOString();
  const person = { by: 'ops', why: 'a sale' };
  return {
    idle: chance.one(['0s', '2m', '10m']),
    interval: chance.one(['15s', '1m', '3m']),
    ...maybe(chance, 0.4, { smoothing: { halfLife: chance.one(['1.35s', '20s', '2m']) } }),
    ...maybe(chance, 0.3, { tolerance: chance.one([0.1, 0.5]) }),
    ...maybe(chance, 0.4, { scaleUp: pace(chance) }),
    ...maybe(chance, 0.6, { scaleDown: pace(chance) }),
    ...maybe(chance, 0.4, { windows: windows(chance) }),
    ...maybe(chance, 0.3, {
      fallback: { after: chance.whole(1, 4), replicas: chance.whole(1, 9) },
    }),
    ...maybe(chance, 0.1, { dryRun: true }),
    ...maybe(chance, 0.25, {
      override: chance.one<unknown>([
        { pin: 4, until: soon(2), ...person },
        { min: 3, until: soon(9), ...person },
        { max: 2, until: soon(5), ...person },
        { paused: chance.one(['both', 'up', 'down']), until: soon(1), ...person },
      ]),
    }),
  };
}

const pace = (chance: Chance): Attributes => ({
  ...maybe(chance, 0.6, { stabilization: chance.one(['30s', '5m']) }),
  ...maybe(chance, 0.5, { cooldown: chance.one(['1m', '10m']) }),
  ...maybe(chance, 0.6, {
    policies: [
      { kind: 'pods', value: chance.whole(1, 4), period: '1m' },
      { kind: 'percent', value: chance.one([20, 100]), period: chance.one(['15s', '5m']) },
    ],
  }),
  ...maybe(chance, 0.3, { select: chance.one(['min', 'disabled']) }),
});

function windows(chance: Chance): readonly Attributes[] {
  const zone = chance.one(['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'UTC']);
  return [
    chance.one<Attributes>([
      { days: 'mon-fri', from: '08:00', to: '18:00', zone, min: 3 },
      { days: 'sat,sun', from: '22:00', to: '03:30', zone, min: 2, max: 6 },
      { from: '01:00', to: '04:00', zone, min: 8, ramp: '1h' },
      { cron: '*/20 * * * *', duration: '7m', zone, min: 5 },
      { cron: '30 2 * * *', duration: '3h', zone, max: 1 },
    ]),
  ];
}

/** What happens to one rule's metric between two ticks. */
function live(life: Life, world: World, chance: Chance): void {
  const { id, partitions } = life;
  life.level = Math.max(0, life.level + chance.whole(-200, 190));
  for (const partition of partitions) {
    if (chance.hits(0.7)) partition.end += chance.whole(0, life.level);
    if (partition.committed < 0 ? chance.hits(0.1) : chance.hits(0.7)) {
      partition.committed = Math.max(0, partition.end - chance.whole(0, life.level));
    }
  }
  world.source.offsets(
    id,
    partitions.map(({ end, committed }) => [end, committed] as const),
  );
  world.source.number(`/${id}`, life.level);
  if (!chance.hits(0.15)) return;
  const at = epochMillis(world.clock.now() - chance.whole(0, 90_000));
  const odd = chance.one<Sample>([
    { trust: 'missing', because: 'it did not answer', code: 'TIMED_OUT' },
    { trust: 'invalid', because: 'it answered a page', code: 'NO_NUMBER' },
    { trust: 'fresh', at, measurement: { kind: 'number', value: life.level } },
    { trust: 'fresh', at, measurement: { kind: 'number', value: chance.one(ODD_NUMBERS) } },
    { trust: 'stale', at, because: 'cached', measurement: { kind: 'number', value: 7 } },
  ]);
  const ofGroup = odd.trust === 'missing' || odd.trust === 'invalid';
  world.source.sample(`/${id}`, odd);
  if (ofGroup) world.source.sample(id, odd);
}

const ODD_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, -5, 0.5, 1e300] as const;

/** What people and platforms do; the function it answers ends what would go on. */
function disturb(lives: readonly Life[], deployer: FakeDeployer, chance: Chance): () => void {
  const target = lives[chance.whole(0, lives.length - 1)]?.target;
  if (target === undefined) return () => undefined;
  if (chance.hits(0.1)) deployer.edit(target, chance.whole(0, 9));
  if (chance.hits(0.1)) deployer.rollout(target, chance.one(['rollout of v2', undefined]));
  if (!chance.hits(0.1)) return () => undefined;
  const operation = chance.one(['read', 'scale'] as const);
  const error = new PlatformError('UNREACHABLE', 'the cluster did not answer', 'Look at it.');
  return deployer.fail({ operation, error, target });
}
