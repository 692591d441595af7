import { type EpochMillis, epochMillis } from '../../model/units.ts';
import type { Problem } from '../../rule/schema.ts';
import type { AuditEntry } from '../audit-log.ts';
import { StoreError } from '../errors.ts';
import type { Lease } from '../lease-store.ts';
import type { MemoryKey, MemoryWrite, StoredMemory } from '../memory-store.ts';
import type { RuleItem, RuleStatus } from '../rule-store.ts';

/*
 * Every key and shape of the two tables; nothing else in the project knows them.
 *
 *   rules   id, what a person wrote, status { state, since, of, errors? }
 *   state   pk, sk, v and
 *     MEMORY#<slot>     <scalable>     n version, m memory, w writer, i { d decision, t deadline, e entry }
 *     GOOD#<rule>       GOOD           attributes
 *     LEASE#<name>      LEASE          owner, token, until, acquired, before
 *     AUDIT#<scalable>  <decision id>  at, body, expiresAt
 *
 * Moments are milliseconds since 1970, except `expiresAt`, which DynamoDB's time to live wants in
 * seconds. Only audit entries have that attribute: a lease or a memory that were deleted by it
 * would begin again at token or version 1. Names in a memory are one letter, for a thousand of
 * them are read at each tick and names are paid as content is.
 */

/** Written as `v` on every item of `state`; a reader that finds a greater one does not guess. */
export const SCHEMA_VERSION = 1;

/** An item or a part of one as the SDK answers it, not yet believed. */
export type Found = Readonly<Record<string, unknown>>;

export interface StateKey {
  readonly pk: string;
  readonly sk: string;
}

export const slotKey = (slot: number): string => `MEMORY#${slot}`;
export const memoryKey = ({ slot, key }: MemoryKey): StateKey => ({ pk: slotKey(slot), sk: key });
export const leaseKey = (name: string): StateKey => ({ pk: `LEASE#${name}`, sk: 'LEASE' });
export const lastGoodKey = (rule: string): StateKey => ({ pk: `GOOD#${rule}`, sk: 'GOOD' });
export const historyKey = (scalable: string): string => `AUDIT#${scalable}`;
const auditKey = ({ scalable, decision }: AuditEntry): StateKey => ({
  pk: historyKey(scalable),
  sk: decision,
});

const isFound = (value: unknown): value is Found => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
const isKnownVersion = (item: Found): boolean => isWhole(item['v']) && item['v'] <= SCHEMA_VERSION;

/** The refusal of an item that is none of ours: of a later version, or edited by hand. */
export function unreadable({ pk, sk }: StateKey, found: Found): StoreError {
  const why = isKnownVersion(found)
    ? 'is not of the shape it was written in'
    : `has version ${JSON.stringify(found['v'])}, and this build reads up to ${SCHEMA_VERSION}`;
  const advice = isKnownVersion(found)
    ? 'Delete the item to begin afresh with this scalable.'
    : 'Deploy the later build again, or delete the item to begin afresh.';
  return new StoreError('STORE_REFUSED', `item ${pk} / ${sk} ${why}`, advice);
}

/** `writer` marks one attempt to write, so that whoever wrote can recognise its own item. */
export function toMemoryItem(write: MemoryWrite, writer: string): Found {
  const { expected, memory, intent } = write;
  return {
    ...memoryKey(write),
    v: SCHEMA_VERSION,
    n: expected + 1,
    w: writer,
    ...(memory === '' ? {} : { m: memory }),
    ...(intent ? { i: { d: intent.decision, t: intent.deadline, e: intent.entry } } : {}),
  };
}

/** `undefined` where the item is not one that `toMemoryItem` made. */
export function fromMemoryItem(item: Found): StoredMemory | undefined {
  const { n: version, m: memory = '', i: intent } = item;
  if (!isKnownVersion(item) || !isWhole(version) || !isText(memory)) return undefined;
  if (intent === undefined) return { version, memory, intent };
  if (!isFound(intent)) return undefined;
  const { d: decision, t: deadline, e: entry } = intent;
  if (!isText(decision) || !isWhole(deadline) || !isText(entry)) return undefined;
  return { version, memory, intent: { decision, deadline: epochMillis(deadline), entry } };
}

/** A lease and when its owner last asked for it. */
export interface KeptLease {
  readonly lease: Lease;
  readonly acquired: EpochMillis;
}

/** `undefined` where the item is not one that the lease store made. */
export function fromLeaseItem(name: string, item: Found): KeptLease | undefined {
  const { owner, token, until, acquired, before } = item;
  if (!isKnownVersion(item) || !isText(owner) || !isWhole(token)) return undefined;
  if (!isWhole(until) || !isWhole(acquired) || !isWhole(before)) return undefined;
  const lease = {
    name,
    owner,
    token,
    expiresAt: epochMillis(until),
    // DynamoDB cannot copy what is not there, so the first one copied a 0.
    before: before === 0 ? undefined : epochMillis(before),
  };
  return { lease, acquired: epochMillis(acquired) };
}

/** Ninety days: long enough to compare a month with the one before. */
const AUDIT_RETENTION_SECONDS = 90 * 86_400;

export const auditExpiry = (at: EpochMillis): number =>
  Math.ceil(at / 1000) + AUDIT_RETENTION_SECONDS;

export function toAuditItem(entry: AuditEntry): Found {
  const { at, body } = entry;
  return { ...auditKey(entry), v: SCHEMA_VERSION, at, body, expiresAt: auditExpiry(at) };
}

/** `undefined` where the item is not one that `toAuditItem` made. */
export function fromAuditItem(scalable: string, item: Found): AuditEntry | undefined {
  const { sk: decision, at, body } = item;
  if (!isKnownVersion(item) || !isText(decision) || !isWhole(at) || !isText(body)) return undefined;
  return { decision, scalable, at: epochMillis(at), body };
}

export function toLastGoodItem(rule: string, attributes: Found): Found {
  return { ...lastGoodKey(rule), v: SCHEMA_VERSION, attributes };
}

/** `undefined` where the item is not one that `toLastGoodItem` made. */
export function fromLastGoodItem(item: Found): Found | undefined {
  const { attributes } = item;
  return isKnownVersion(item) && isFound(attributes) ? attributes : undefined;
}

export function fromRuleItem(item: Found): RuleItem {
  const { id, status, ...attributes } = item;
  return { id: String(id), attributes, status: fromStatusItem(status) };
}

/** Without a status, whatever was given: a verdict is only ever written by `report`. */
export function toRuleItem({ id, attributes }: Omit<RuleItem, 'status'>): Found {
  const { status: _, ...written } = attributes;
  return { ...written, id };
}

/** So many problems are kept on an item; whoever mends these sees the rest. */
const MAX_ERRORS = 20;
const MAX_ERROR_LENGTH = 500;

/** The verdict as it is kept: bounded, so that a bad rule cannot outgrow its own item. */
export function boundStatus(status: RuleStatus): RuleStatus {
  if (status.state === 'valid') return status;
  const { errors } = status;
  const kept = errors.slice(0, MAX_ERRORS).map(({ path, message }) => ({
    path: path.slice(0, MAX_ERROR_LENGTH),
    message: message.slice(0, MAX_ERROR_LENGTH),
  }));
  const rest = errors.length - kept.length;
  if (rest > 0) kept.push({ path: '', message: `and ${rest} more` });
  return { ...status, errors: kept };
}

/**
 * A status that somebody else has a hand in is taken for a verdict without a reason, so that the
 * right one differs from it and replaces it; without an `of` there was never a verdict.
 */
function fromStatusItem(status: unknown): RuleStatus | undefined {
  if (!isFound(status) || !isText(status['of'])) return undefined;
  const { state, of, errors } = status;
  const since = epochMillis(isWhole(status['since']) ? status['since'] : 0);
  if (state === 'valid') return { state, since, of };
  const known = Array.isArray(errors) && errors.every(isProblem) ? errors : [];
  return { state: 'invalid', since, of, errors: known };
}

const isProblem = (value: unknown): value is Problem =>
  isFound(value) && isText(value['path']) && isText(value['message']);
