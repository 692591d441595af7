import type { Deployer } from '../act/deployer.ts';
import type { GuardSettings } from '../decide/guard.ts';
import type { LastFiring } from '../decide/windows.ts';
import type { Clock } from '../model/clock.ts';
import type { Millis } from '../model/units.ts';
import type { MetricSource } from '../observe/metric-source.ts';
import type { Journal, TickMetrics } from '../record/journal.ts';
import type { Recordings } from '../record/recordings.ts';
import type { Connections, Vocabulary } from '../rule/vocabulary.ts';
import type { AuditLog } from '../store/audit-log.ts';
import type { LastGoodStore } from '../store/last-good.ts';
import type { LeaseStore } from '../store/lease-store.ts';
import type { MemoryStore } from '../store/memory-store.ts';
import type { RuleStore } from '../store/rule-store.ts';

/** All that a flow sees of the world. */
export interface Ports {
  readonly clock: Clock;
  /** A text that is never given twice, for owners of leases and ids of ticks. */
  newId(): string;
  readonly rules: RuleStore;
  readonly lastGood: LastGoodStore;
  readonly memories: MemoryStore;
  readonly leases: LeaseStore;
  readonly audit: AuditLog;
  /** The source for a metric kind over a connection; opened once and kept. Rejects with a ScalerError. */
  readonly source: (kind: string, connection: string) => Promise<MetricSource>;
  /** The deployer for a target kind over a connection; opened once and kept. Rejects with a ScalerError. */
  readonly deployer: (kind: string, connection: string) => Promise<Deployer>;
  /** Makes ready to answer for cron expressions; loads the library only when a rule has one. */
  cron(): Promise<LastFiring>;
  readonly vocabulary: Vocabulary;
  readonly connections: Connections;
  readonly journal: Journal;
  readonly metrics: TickMetrics;
  /** Where every decision is written down with all it was made from; undefined = nowhere. */
  readonly recordings?: Recordings | undefined;
  readonly settings: Settings;
}

export interface Settings {
  /** Memory is spread over so many slots; changing it on a live table loses no memory (see slot.ts). */
  readonly slots: number;
  /** How often ticks come: what an interval is compared with. */
  readonly period: Millis;
  /** How many targets are changed at once. */
  readonly concurrency: number;
  readonly guard: GuardSettings;
  /** How long an intent of a worker that may have died keeps others away. */
  readonly intentLasts: Millis;
  readonly leaseLasts: Millis;
  /** How long all reading of metrics and targets together may take. */
  readonly observeLasts: Millis;
  /** How long what was begun may go on once the tick has to end. */
  readonly grace: Millis;
}
