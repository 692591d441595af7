import { isPlain, quote } from '../schema.ts';
import { lowered, Renaming, withUnit } from './renaming.ts';

/** HPA's behavior, wherever it was written: each direction under its own name, then what is inside. */
export function readBehavior(renaming: Renaming, path: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (!isPlain(value)) {
    renaming.note(path, `expected a map with scaleUp and scaleDown, found ${quote(value)}`);
    return;
  }
  for (const [key, entry] of Object.entries(value)) {
    const from = `${path}.${key}`;
    if (key === 'scaleUp' || key === 'scaleDown')
      renaming.put({ from, own: key, of: 'HPA' }, entry);
    else renaming.note(from, 'expected scaleUp or scaleDown');
  }
}

/** HPA's words inside one direction. */
export function readDirection(renaming: Renaming, way: 'scaleUp' | 'scaleDown'): void {
  const value = renaming.get(way);
  if (!isPlain(value)) return;
  const from = renaming.renamed.find(({ own }) => own === way)?.from ?? way;
  const inner = new Renaming(value);
  inner.move('stabilizationWindowSeconds', 'stabilization', 'HPA', withUnit);
  inner.move('selectPolicy', 'select', 'HPA', lowered);
  const tolerance = inner.take('tolerance');
  const policies = inner.get('policies');
  if (Array.isArray(policies)) inner.set('policies', policies.map(readPolicyInto(inner)));
  renaming.set(way, inner.attributes());
  renaming.adopt(way, from, inner);
  if (tolerance !== undefined) readTolerance(renaming, way, from, tolerance);
}

function readPolicyInto(direction: Renaming): (policy: unknown, at: number) => unknown {
  return (policy, at) => {
    if (!isPlain(policy)) return policy;
    const inner = new Renaming(policy);
    inner.move('type', 'kind', 'HPA', lowered);
    inner.move('periodSeconds', 'period', 'HPA', withUnit);
    direction.adopt(`policies[${at}]`, `policies[${at}]`, inner);
    return inner.attributes();
  };
}

/** HPA has a tolerance in each direction since 1.33, as a quantity; a rule has both in one place. */
function readTolerance(
  renaming: Renaming,
  way: 'scaleUp' | 'scaleDown',
  from: string,
  value: unknown,
): void {
  const side = way === 'scaleUp' ? 'up' : 'down';
  const present = renaming.get('tolerance') ?? {};
  if (!isPlain(present) || Object.hasOwn(present, side)) {
    const other = isPlain(present) ? `tolerance.${side}` : 'tolerance';
    renaming.note(`${from}.tolerance`, `expected either ${other} or ${from}.tolerance, found both`);
    return;
  }
  const share = typeof value === 'string' && /^\d*\.?\d+$/.test(value) ? Number(value) : value;
  renaming.set('tolerance', { ...present, [side]: share });
  renaming.renamed.push({ own: `tolerance.${side}`, from: `${from}.tolerance`, of: 'HPA' });
}
