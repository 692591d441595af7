import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { burst, type Traffic, wave } from './traffic.ts';

/**
 * A small job queue over HTTP, kept in memory: something real for the example rules to measure and
 * for the example workers to work on.
 *
 *     POST /queues/<name>/jobs?count=5     adds jobs
 *     POST /queues/<name>/take?wait=2000   answers one job, or 204 when none came within the wait
 *     POST /queues/<name>/jobs/<id>/done   removes a job that was taken
 *     GET  /queues/<name>                  {"queued": 3, "taken": 1, "done": 40}
 *     GET  /metrics                        the same for all queues, as OpenMetrics
 */
export interface Queue {
  readonly url: string;
  close(): Promise<void>;
}

export interface QueueOptions {
  /** 0 = any free port. */
  readonly port: number;
  /** Jobs that arrive by themselves, by queue. */
  readonly traffic: Readonly<Record<string, Traffic>>;
}

/** What `npm start` shows: a wave every 90 seconds and a burst every minute. */
export const exampleTraffic: Readonly<Record<string, Traffic>> = {
  mail: wave(12, 90),
  thumbnails: burst(60, 60),
};

interface Job {
  readonly id: number;
  /** How long it takes to do, in milliseconds. */
  readonly workMs: number;
}

interface Line {
  readonly queued: Job[];
  readonly taken: Map<number, { readonly job: Job; readonly since: number }>;
  readonly waiting: Set<(job: Job | undefined) => void>;
  done: number;
}

/** A job whose worker died is given to another after this. */
const LOST_AFTER_MS = 5000;
const LONGEST_WAIT_MS = 10_000;
/** Without workers the queue of a forgotten terminal would grow for days. */
const MOST_QUEUED = 10_000;

export async function startQueue({ port, traffic }: QueueOptions): Promise<Queue> {
  const lines = new Map<string, Line>(Object.keys(traffic).map((name) => [name, newLine()]));
  const server = createServer((request, response) => {
    answer(lines, request, response);
  });
  await listen(server, port);
  const started = Date.now();
  const arrived = new Map<string, number>();
  let lastSecond = 0;
  const arriving = setInterval(() => {
    const second = Math.floor((Date.now() - started) / 1000);
    for (; lastSecond < second; lastSecond += 1) {
      for (const [name, jobsAt] of Object.entries(traffic)) {
        // Fractions of a job wait until they are one.
        const due = (arrived.get(name) ?? 0) + jobsAt(lastSecond);
        arrived.set(name, due % 1);
        add(lineOf(lines, name), Math.floor(due));
      }
    }
    for (const line of lines.values()) reclaim(line, Date.now());
  }, 250);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(arriving);
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

const newLine = (): Line => ({ queued: [], taken: new Map(), waiting: new Set(), done: 0 });

let nextId = 1;

function add(line: Line, count: number): void {
  for (let n = 0; n < count && line.queued.length < MOST_QUEUED; n += 1) {
    line.queued.push({ id: nextId, workMs: 200 + Math.floor(Math.random() * 300) });
    nextId += 1;
  }
  handOut(line);
}

function handOut(line: Line): void {
  for (const waiter of line.waiting) {
    const job = line.queued.shift();
    if (job === undefined) return;
    line.waiting.delete(waiter);
    waiter(job);
  }
}

function reclaim(line: Line, now: number): void {
  for (const [id, { job, since }] of line.taken) {
    if (now - since < LOST_AFTER_MS) continue;
    line.taken.delete(id);
    line.queued.push(job);
  }
  handOut(line);
}

function lineOf(lines: Map<string, Line>, name: string): Line {
  const line = lines.get(name) ?? newLine();
  lines.set(name, line);
  return line;
}

function answer(lines: Map<string, Line>, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '/', 'http://queue');
  const [, root, name = '', verb, id, done] = url.pathname.split('/');
  const line = lines.get(name);
  const route = `${request.method} ${[root, name && '*', verb, id && '*', done].filter(Boolean).join('/')}`;
  if (route === 'GET metrics') return send(response, page(lines), OPENMETRICS);
  if (root !== 'queues' || line === undefined) return refuse(response);
  switch (route) {
    case 'GET queues/*':
      return send(response, JSON.stringify(stats(line)));
    case 'POST queues/*/jobs':
      add(line, Number(url.searchParams.get('count') ?? 1));
      return send(response, JSON.stringify(stats(line)));
    case 'POST queues/*/take':
      return take(line, Number(url.searchParams.get('wait') ?? 0), response);
    case 'POST queues/*/jobs/*/done':
      if (!line.taken.delete(Number(id))) return refuse(response);
      line.done += 1;
      return send(response, JSON.stringify(stats(line)));
    default:
      return refuse(response);
  }
}

function take(line: Line, waitMs: number, response: ServerResponse): void {
  const waiter = (job: Job | undefined) => {
    clearTimeout(timer);
    line.waiting.delete(waiter);
    if (job === undefined) {
      response.writeHead(204).end();
      return;
    }
    line.taken.set(job.id, { job, since: Date.now() });
    send(response, JSON.stringify(job));
  };
  const timer = setTimeout(waiter, Math.min(waitMs, LONGEST_WAIT_MS), undefined);
  // A worker that hung up would take a job with it.
  response.on('close', () => {
    clearTimeout(timer);
    line.waiting.delete(waiter);
  });
  line.waiting.add(waiter);
  handOut(line);
}

const stats = (line: Line) => ({
  queued: line.queued.length,
  taken: line.taken.size,
  done: line.done,
});

const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

function page(lines: ReadonlyMap<string, Line>): string {
  const metric = (name: string, type: string, suffix: string, value: (line: Line) => number) =>
    [
      `# TYPE ${name} ${type}`,
      ...[...lines].map(([queue, line]) => `${name}${suffix}{queue="${queue}"} ${value(line)}`),
    ].join('\n');
  return [
    metric('queue_jobs_waiting', 'gauge', '', (line) => line.queued.length),
    metric('queue_jobs_taken', 'gauge', '', (line) => line.taken.size),
    metric('queue_jobs_done', 'counter', '_total', (line) => line.done),
    '# EOF\n',
  ].join('\n');
}

function send(response: ServerResponse, body: string, type = 'application/json'): void {
  response.writeHead(200, { 'content-type': type }).end(body);
}

function refuse(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such thing here.\n');
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

if (import.meta.main) {
  const queue = await startQueue({
    port: Number(process.argv[2] ?? 8787),
    traffic: exampleTraffic,
  });
  process.stdout.write(`The queue listens at ${queue.url}\n`);
}
