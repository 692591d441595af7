import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  type EmbeddedStore,
  startEmbeddedStore,
} from '../../infra/dev/dynalite.ts';
import { createTables } from '../../infra/tables.ts';
import { createDynamoClient } from '../../lib/store/dynamodb/client.ts';
import { KUBECONFIG, LOCAL, RULES } from './nobody-listens.ts';
import { describeRecordingBy, describeRecordingsOf } from './packaged-recordings.ts';
import {
  actionsOf,
  answerOf,
  invokeLocally,
  invokePackaged,
  type Packaged,
  packageWith,
  type Ran,
  run,
  statementsOf,
  unpack,
} from './packaging.ts';
import { readZip } from './read-zip.ts';
import { type S3Bucket, startS3Bucket } from './s3-bucket.ts';

/*
 * What `npm run package` makes, without a network: the zips run in a fresh Node as Lambda would run
 * them, and the template grants and schedules what it should.
 */
const CFN_LINT =
  process.env['CFN_LINT'] ?? path.join(homedir(), '.cache/rubato/cfn-lint/bin/cfn-lint');
const MSK = 'arn:aws:kafka:eu-west-1:123456789012:cluster/main/0f1e-2';
const SUBNETS = ['subnet-0a1b2c3d', 'subnet-4e5f6a7b'];
const GROUP = 'sg-0a1b2c3d';
const NAMES = { rules: 'rubato-dev-rules', state: 'rubato-dev-state' };

let home = '';

let local: Packaged;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rubato-package-'));
  LOCAL.cluster.kubeconfig = path.join(home, 'kubeconfig');
  await writeFile(LOCAL.cluster.kubeconfig, JSON.stringify(KUBECONFIG));
  local = await packageWith(home, LOCAL);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('the zips', () => {
  let store: EmbeddedStore;
  let bucket: S3Bucket;
  let task = '';

  beforeAll(async () => {
    task = path.join(home, 'task');
    await unpack(local, task);
    store = await startEmbeddedStore({ port: 0 });
    bucket = await startS3Bucket();
    const client = createDynamoClient({
      region: EMBEDDED_REGION,
      endpoint: store.endpoint,
      credentials: EMBEDDED_CREDENTIALS,
    });
    await createTables(client, NAMES);
    for (const Item of RULES) await client.send(new PutCommand({ TableName: NAMES.rules, Item }));
    client.destroy();
  });
  afterAll(() => Promise.all([store.close(), bucket.close()]));

  const invoke = (name: 'tick' | 'rules', event: object): Promise<Ran> => {
    const endpoints = { dynamodb: store.endpoint, s3: bucket.endpoint };
    return invokePackaged({ packaged: local, task, name, endpoints }, event);
  };

  test('hold the code of their function, its connections, and no source map', async () => {
    const files = [...readZip(await readFile(path.join(local.folder, 'tick.zip'))).keys()];
    expect(files).toContain('.build/tick/index.js');
    expect(files).toContain('.build/tick/package.json');
    expect(files.filter((file) => !/^\.build\/tick\/[\w.-]+\.(?:js|json)$/.test(file))).toEqual([]);
    const connections = await readFile(path.join(task, '.build/tick/connections.json'), 'utf8');
    expect(JSON.parse(connections)).toEqual(LOCAL);
  });

  test('run a tick, with the chunks that a rule needs, and answer with its decisions', async () => {
    const ran = await invoke('tick', {});
    const answer = answerOf(ran);
    expect(answer).toMatchObject({
      tick: { leader: true, dryRun: false },
      invalid: [{ rule: 'broken', errors: [{ path: 'replicsa' }] }],
    });
    const { decisions } = answer as { decisions: readonly unknown[] };
    expect(decisions).toMatchObject([
      {
        rule: 'orders',
        outcome: 'failed',
        error: { code: 'UNREACHABLE' },
        metrics: { orders: { trust: 'missing' } },
      },
    ]);
    expect(JSON.stringify(decisions)).toContain('connect ECONNREFUSED 127.0.0.1:9');
  });

  test('write JSON lines only, among them the metrics of the tick', async () => {
    const { stdout, stderr } = await invoke('tick', {});
    const lines = `${stdout}\n${stderr}`
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('ANSWER '));
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const metrics = parsed.filter((line) => '_aws' in line);
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({ service: 'rubato-dev', Ticks: 1, InvalidRules: 1 });
    const told = parsed.filter((line) => !('_aws' in line));
    expect(told.map(({ message, rule }) => ({ message, rule }))).toEqual([
      { message: 'problem', rule: 'broken' },
      { message: 'change', rule: 'orders' },
    ]);
  });

  test('judge a rule when the rules handler is asked by hand', async () => {
    const answer = answerOf(await invoke('rules', { rules: ['broken'] }));
    expect(JSON.stringify(answer)).toContain('replicsa');
  });

  describeRecordingBy(invoke, () => bucket);

  test('run by `invoke local` as well, which records nothing', async () => {
    const before = bucket.requests.length;
    const endpoints = { dynamodb: store.endpoint, s3: bucket.endpoint };
    const { stdout } = await invokeLocally('tick', {}, { home, endpoints });
    expect(stdout).toContain('"leader": true');
    expect(stdout).toContain('"rule": "orders"');
    expect(bucket.requests.slice(before)).toEqual([]);
  });

  test('are the same bytes when nothing changed', async () => {
    const again = await packageWith(home, LOCAL);
    for (const zip of ['tick.zip', 'rules.zip']) {
      const [one, other] = await Promise.all(
        [local.folder, again.folder].map(async (folder) =>
          createHash('md5')
            .update(await readFile(path.join(folder, zip)))
            .digest('hex'),
        ),
      );
      expect(other).toBe(one);
    }
  });
});

describe('the template', () => {
  let onAws: Packaged;
  beforeAll(async () => {
    onAws = await packageWith(
      home,
      {
        main: { kind: 'kafka', msk: MSK, auth: 'iam' },
        prod: { kind: 'kubernetes', eks: 'shop' },
        prom: { kind: 'http', url: 'https://prom.test', bearer: 'ssm:/prom/token' },
      },
      `subnetIds=${SUBNETS.join()}`,
      `securityGroupIds=${GROUP}`,
    );
  });

  test('gives each function a role of its own and makes no other', () => {
    const roles = Object.entries(local.resources).filter(
      ([, { Type }]) => Type === 'AWS::IAM::Role',
    );
    expect(roles.map(([id]) => id).toSorted()).toEqual([
      'RulesRole',
      'TickRole',
      'TickScheduleRole',
    ]);
    for (const name of ['Tick', 'Rules']) {
      expect(local.resources[`${name}LambdaFunction`]?.Properties['Role']).toEqual({
        'Fn::GetAtt': [`${name}Role`, 'Arn'],
      });
    }
  });

  test('lets nothing be done to every resource', () => {
    for (const { resources } of [local, onAws]) {
      for (const role of ['RulesRole', 'TickRole', 'TickScheduleRole']) {
        const statements = statementsOf(resources, role);
        expect(statements.length).toBeGreaterThan(0);
        for (const { Action, Resource } of statements) {
          expect([Resource].flat()).not.toContain('*');
          expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
        }
      }
    }
  });

  describeRecordingsOf(() => [local, onAws]);

  test('grants of AWS only what connections.yml names', () => {
    const own = new Set(['logs:CreateLogStream', 'logs:PutLogEvents', 's3:PutObject']);
    const beyond = actionsOf(local.resources, 'TickRole').filter(
      (action) => !action.startsWith('dynamodb:') && !own.has(action),
    );
    expect(beyond).toEqual([]);
    for (const role of ['TickRole', 'RulesRole']) {
      expect(actionsOf(onAws.resources, role)).toEqual(
        expect.arrayContaining([
          'eks:DescribeCluster',
          'kafka-cluster:Connect',
          'kafka-cluster:DescribeGroup',
          'kafka-cluster:DescribeTopic',
          'kafka:GetBootstrapBrokers',
          'ssm:GetParameter',
        ]),
      );
    }
  });

  test('lets each function write its own log, kept for 30 days', () => {
    for (const name of ['Tick', 'Rules']) {
      const logs = statementsOf(local.resources, `${name}Role`).filter(({ Action }) =>
        [Action].flat().some((action) => action.startsWith('logs:')),
      );
      expect(logs.map(({ Resource }) => Resource)).toEqual([
        [{ 'Fn::GetAtt': [`${name}LogGroup`, 'Arn'] }],
      ]);
      expect(local.resources[`${name}LogGroup`]?.Properties).toMatchObject({ RetentionInDays: 30 });
    }
  });

  test('ticks once a minute, one at a time, and repeats no tick', () => {
    expect(local.resources['TickSchedule']).toMatchObject({
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: { 'Fn::GetAtt': ['TickLambdaFunction', 'Arn'] },
          RoleArn: { 'Fn::GetAtt': ['TickScheduleRole', 'Arn'] },
          RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
        },
      },
    });
    expect(statementsOf(local.resources, 'TickScheduleRole')).toMatchObject([
      {
        Action: ['lambda:InvokeFunction'],
        Resource: [{ 'Fn::GetAtt': ['TickLambdaFunction', 'Arn'] }],
      },
    ]);
    expect(local.resources['TickLambdaFunction']?.Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 60,
      ReservedConcurrentExecutions: 1,
    });
    const configs = Object.values(local.resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::EventInvokeConfig',
    );
    expect(configs.map(({ Properties }) => Properties)).toMatchObject([
      { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
    ]);
  });

  test('follows the stream of the rules table, record by record and not for ever', () => {
    const mappings = Object.values(local.resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::EventSourceMapping',
    );
    expect(mappings.map(({ Properties }) => Properties)).toMatchObject([
      {
        EventSourceArn: { 'Fn::GetAtt': ['RulesTable', 'StreamArn'] },
        FunctionName: { 'Fn::GetAtt': ['RulesLambdaFunction', 'Arn'] },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 3,
      },
    ]);
  });

  test('joins a VPC only when it is named, with the right to do so', () => {
    expect(JSON.stringify(local.resources)).not.toContain('VpcConfig');
    for (const name of ['Tick', 'Rules']) {
      expect(onAws.resources[`${name}LambdaFunction`]?.Properties['VpcConfig']).toEqual({
        SubnetIds: SUBNETS,
        SecurityGroupIds: [GROUP],
      });
      expect(JSON.stringify(onAws.resources[`${name}Role`])).toContain(
        'AWSLambdaENIManagementAccess',
      );
    }
  });

  test('says at package time what will not work on Lambda', () => {
    expect(local.stderr + local.stdout).toContain('cluster: there is no kubeconfig on Lambda');
    expect(onAws.stderr + onAws.stdout).not.toContain('Warning');
  });

  test.skipIf(!existsSync(CFN_LINT))('passes cfn-lint without a warning', async () => {
    for (const { folder } of [local, onAws]) {
      const template = path.join(folder, 'cloudformation-template-update-stack.json');
      const { status, stdout } = await run(CFN_LINT, ['-r', 'eu-west-1', '--', template]);
      expect(stdout).toBe('');
      expect(status).toBe(0);
    }
  });
});
