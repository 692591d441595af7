import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { EMBEDDED_CREDENTIALS, EMBEDDED_REGION } from '../../infra/dev/dynalite.ts';
import { readZip } from './read-zip.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const OSLS = path.join(ROOT, 'node_modules/osls/bin/serverless.js');

/** How a program ended and what it said. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the project's root with no more of the environment than it is given. */
export function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
  });
}

export interface Resource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** What one `osls package` made. */
export interface Packaged extends Ran {
  readonly folder: string;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** Packages the service with these connections; everything goes to a new folder in `home`. */
export async function packageWith(
  home: string,
  connections: object,
  ...params: readonly string[]
): Promise<Packaged> {
  const folder = await mkdtemp(path.join(home, 'package-'));
  const file = path.join(home, 'connections.yml');
  await writeFile(file, JSON.stringify(connections));
  const ran = await run(process.execPath, [
    OSLS,
    'package',
    `--package=${folder}`,
    `--param=connections=${file}`,
    ...params.map((param) => `--param=${param}`),
  ]);
  if (ran.status !== 0) throw new Error(`osls package failed: ${ran.stderr}${ran.stdout}`);
  const template = path.join(folder, 'cloudformation-template-update-stack.json');
  const { Resources, Outputs } = JSON.parse(await readFile(template, 'utf8')) as {
    Resources: Packaged['resources'];
    Outputs: Packaged['outputs'];
  };
  return { ...ran, folder, resources: Resources, outputs: Outputs };
}

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** All that a role of the template allows. */
export function statementsOf(resources: Packaged['resources'], role: string): readonly Statement[] {
  const { Policies } = (resources[role]?.Properties ?? {}) as {
    Policies: { PolicyDocument: { Statement: Statement[] } }[];
  };
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

export const actionsOf = (resources: Packaged['resources'], role: string): readonly string[] =>
  statementsOf(resources, role).flatMap(({ Action }) => Action);

/** Lays the functions' zips out as Lambda does, all under `task`. */
export async function unpack({ folder }: Packaged, task: string): Promise<void> {
  for (const name of ['tick', 'rules']) {
    for (const [file, bytes] of readZip(await readFile(path.join(folder, `${name}.zip`)))) {
      await mkdir(path.join(task, path.dirname(file)), { recursive: true });
      await writeFile(path.join(task, file), bytes);
    }
  }
}

/** Servers that stand in for those of AWS. */
export interface Endpoints {
  readonly dynamodb: string;
  readonly s3: string;
}

/** How CloudFormation might name what the template leaves without a name. */
const NAMED: Readonly<Record<string, string>> = {
  RecordingsBucket: 'rubato-dev-recordingsbucket-1a2b3c',
};

/** A variable as a function gets it, once CloudFormation has put in the names of resources. */
function deployed(variable: unknown): string {
  if (typeof variable === 'string') return variable;
  const { 'Fn::Sub': text } = variable as { readonly 'Fn::Sub'?: string };
  if (text === undefined) throw new Error(`not understood: ${JSON.stringify(variable)}`);
  return text.replaceAll(/\$\{(\w+)\}/g, (_, id: string) => {
    const name = NAMED[id];
    if (name === undefined) throw new Error(`${text}: no name is given to ${id}`);
    return name;
  });
}

/**
 * Calls a handler in a fresh Node as Lambda does: the module is the template's Handler, and the
 * environment holds the template's variables and credentials, nothing of this process but its PATH.
 */
export function invokePackaged(
  of: {
    readonly packaged: Packaged;
    readonly task: string;
    readonly name: 'tick' | 'rules';
    readonly endpoints: Endpoints;
  },
  event: object,
): Promise<Ran> {
  const logicalId = `${of.name === 'tick' ? 'Tick' : 'Rules'}LambdaFunction`;
  const { Handler, Environment } = (of.packaged.resources[logicalId]?.Properties ?? {}) as {
    Handler: string;
    Environment: { Variables: Record<string, unknown> };
  };
  const module = pathToFileURL(path.join(of.task, Handler.replace(/\.handler$/, '.js'))).href;
  const script = `
    const { handler } = await import(${JSON.stringify(module)});
    const context = { getRemainingTimeInMillis: () => 20_000 };
    const answer = await handler(${JSON.stringify(event)}, context);
    process.stdout.write('ANSWER ' + JSON.stringify(answer) + '\\n');`;
  return run(process.execPath, ['--input-type=module', '--eval', script], {
    ...surroundings(of.endpoints),
    ...Object.fromEntries(
      Object.entries(Environment.Variables).map(([name, variable]) => [name, deployed(variable)]),
    ),
  });
}

/** Calls a handler by `osls invoke local`, with the connections that were packaged last in `home`. */
export function invokeLocally(
  name: 'tick' | 'rules',
  event: object,
  { home, endpoints }: { readonly home: string; readonly endpoints: Endpoints },
): Promise<Ran> {
  const connections = `--param=connections=${path.join(home, 'connections.yml')}`;
  const data = `--data=${JSON.stringify(event)}`;
  const args = [OSLS, 'invoke', 'local', `--function=${name}`, data, connections];
  // osls takes only regions that there are.
  return run(process.execPath, args, { ...surroundings(endpoints), AWS_REGION: 'eu-west-1' });
}

const surroundings = ({ dynamodb, s3 }: Endpoints): NodeJS.ProcessEnv => ({
  AWS_REGION: EMBEDDED_REGION,
  AWS_ACCESS_KEY_ID: EMBEDDED_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: EMBEDDED_CREDENTIALS.secretAccessKey,
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_S3: s3,
});

/** What the handler answered; throws with all that was printed where it did not. */
export function answerOf({ stdout, stderr }: Ran): unknown {
  const line = stdout.split('\n').find((text) => text.startsWith('ANSWER '));
  if (line === undefined) throw new Error(`no answer: ${stdout}${stderr}`);
  return JSON.parse(line.slice('ANSWER '.length));
}
