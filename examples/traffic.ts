/** How many jobs arrive at a queue in one second, by the second since the start. */
export type Traffic = (second: number) => number;

/** A wave: nothing, a rise, a plateau, a fall, then silence long enough for zero. Period in seconds. */
export function wave(peak: number, period: number): Traffic {
  return (second) => {
    const phase = (second % period) / period;
    if (phase < 0.05) return 0;
    if (phase < 0.2) return peak * ((phase - 0.05) / 0.15);
    if (phase < 0.4) return peak;
    if (phase < 0.5) return peak * ((0.5 - phase) / 0.1);
    return 0;
  };
}

/** A burst of so many jobs in one second of each period, and nothing in the others. */
export function burst(jobs: number, period: number): Traffic {
  return (second) => (second % period === Math.floor(period / 3) ? jobs : 0);
}
