/**
 * HPA's tolerance: a wish that differs from the actual count by no more than this share of it
 * changes nothing. It is compared with the wish itself, before smoothing, for the small steps
 * of a smoothed climb would each lie within it. A target at zero has no share to speak of.
 */
export function tolerate(
  tolerance: { readonly up: number; readonly down: number },
  counts: { readonly current: number; readonly target: number },
): number {
  const { current, target } = counts;
  const allowed = target > current ? tolerance.up : tolerance.down;
  return Math.abs(target - current) <= current * allowed ? current : target;
}
