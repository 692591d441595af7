/**
 * Go's math.Round: half away from zero, while Math.round goes up at every half. Comparing the rest
 * keeps 0.49999999999999994 from becoming 1, which adding a half would make of it.
 */
export function roundHalfAway(value: number): number {
  const cut = Math.trunc(value);
  return Math.abs(value - cut) >= 0.5 ? cut + Math.sign(value) : cut;
}
