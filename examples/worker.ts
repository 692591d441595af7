/**
 * Takes jobs from the example queue and does them one after another, until it is told to end: by
 * SIGTERM, or by the end of its stdin, which comes when whoever started it is gone. The job in
 * hand is finished first.
 *
 *     QUEUE_URL       where the queue listens
 *     RUBATO_GROUP    set by the local stack, `<connection>/<name>`: the name is the queue's
 */
const base = process.env['QUEUE_URL'] ?? 'http://127.0.0.1:8787';
const name = process.argv[2] ?? process.env['RUBATO_GROUP']?.split('/').at(-1) ?? 'mail';
const queue = `${base}/queues/${encodeURIComponent(name)}`;

/** How long one request for a job waits for one to come. */
const WAIT_MS = 2000;
/** Before asking again a queue that did not answer. */
const PAUSE_MS = 1000;

interface Job {
  readonly id: number;
  readonly workMs: number;
}

const ending = new AbortController();
const end = () => {
  ending.abort();
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
if (!process.stdin.isTTY) process.stdin.on('end', end).resume();

while (!ending.signal.aborted) {
  const job = await takeJob();
  if (job === undefined) continue;
  await sleep(job.workMs);
  await fetch(`${queue}/jobs/${job.id}/done`, { method: 'POST' }).catch(() => {});
}
// The open stdin would keep us.
process.exit(0);

async function takeJob(): Promise<Job | undefined> {
  try {
    const response = await fetch(`${queue}/take?wait=${WAIT_MS}`, {
      method: 'POST',
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(WAIT_MS * 2)]),
    });
    if (response.status === 200) return (await response.json()) as Job;
    if (response.status !== 204) await sleep(PAUSE_MS);
  } catch {
    if (!ending.signal.aborted) await sleep(PAUSE_MS);
  }
  return undefined;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
