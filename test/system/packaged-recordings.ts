import { gunzipSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { createDecoder } from '../../lib/record/decode.ts';
import type { DecisionRecord } from '../../lib/record/record.ts';
import { answerOf, type Packaged, type Ran, statementsOf } from './packaging.ts';
import type { S3Bucket } from './s3-bucket.ts';

const PREFIX = 'decisions';

/**
 * What each template makes of recordings: where they go, who may write there, how long they stay.
 * The first has connections that need nothing of AWS.
 */
export function describeRecordingsOf(packaged: () => readonly Packaged[]): void {
  describe('keeps recordings', () => {
    const each = (judge: (packaged: Packaged) => void): void => packaged().forEach(judge);

    test('in a bucket that nobody else reaches, encrypted, under a name of CloudFormation’s', () => {
      each(({ resources }) => {
        const buckets = Object.entries(resources).filter(
          ([, { Type }]) => Type === 'AWS::S3::Bucket',
        );
        // The other one holds what osls deploys.
        expect(buckets.map(([id]) => id).toSorted()).toEqual([
          'RecordingsBucket',
          'ServerlessDeploymentBucket',
        ]);
        const properties = resources['RecordingsBucket']?.Properties ?? {};
        expect(properties).not.toHaveProperty('BucketName');
        expect(properties).toMatchObject({
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
          OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
            ],
          },
        });
      });
    });

    test('for 30 days, what was never finished for one, and the bucket longer than the stack', () => {
      each(({ resources }) => {
        const bucket = resources['RecordingsBucket'];
        expect(bucket).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
        // Rules without a filter are for all objects.
        expect(bucket?.Properties['LifecycleConfiguration']).toEqual({
          Rules: [
            { Id: 'expire', Status: 'Enabled', ExpirationInDays: 30 },
            {
              Id: 'abort-incomplete-uploads',
              Status: 'Enabled',
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            },
          ],
        });
        // Versions that stay behind would not be expired by these.
        expect(bucket?.Properties).not.toHaveProperty('VersioningConfiguration');
      });
    });

    test('of both functions, which may add objects where RECORDINGS says and nothing else', () => {
      each(({ resources }) => {
        for (const name of ['Tick', 'Rules']) {
          expect(resources[`${name}LambdaFunction`]?.Properties['Environment']).toMatchObject({
            Variables: { RECORDINGS: { 'Fn::Sub': `s3://\${RecordingsBucket}/${PREFIX}` } },
          });
          const onBuckets = statementsOf(resources, `${name}Role`).filter(
            ({ Action, Resource }) =>
              JSON.stringify(Action).includes('s3:') || JSON.stringify(Resource).includes('Bucket'),
          );
          expect(onBuckets).toEqual([
            {
              Sid: 'RecordDecisions',
              Effect: 'Allow',
              Action: ['s3:PutObject'],
              Resource: [{ 'Fn::Sub': `\${RecordingsBucket.Arn}/${PREFIX}/*` }],
            },
          ]);
        }
        expect(JSON.stringify(statementsOf(resources, 'TickScheduleRole'))).not.toContain('s3:');
      });
    });

    test('whose keys are all that a role names by a pattern, where connections need none', () => {
      const [{ resources } = none()] = packaged();
      for (const role of ['RulesRole', 'TickRole', 'TickScheduleRole']) {
        const patterns = statementsOf(resources, role)
          .flatMap(({ Resource }) => [Resource].flat())
          .filter((resource) => /[*?]/.test(JSON.stringify(resource)));
        const keys = { 'Fn::Sub': `\${RecordingsBucket.Arn}/${PREFIX}/*` };
        expect(patterns).toEqual(role === 'TickScheduleRole' ? [] : [keys]);
      }
    });

    test('at a place that the stack’s outputs tell', () => {
      each(({ outputs }) => {
        expect(outputs['Recordings']?.Value).toEqual({
          'Fn::Sub': `s3://\${RecordingsBucket}/${PREFIX}`,
        });
      });
    });
  });
}

/** What the packaged functions, run as Lambda runs them, put into the bucket that `at` answers. */
export function describeRecordingBy(
  invoke: (name: 'tick' | 'rules', event: object) => Promise<Ran>,
  at: () => S3Bucket,
): void {
  test('put what a tick decided into the bucket: one object, which says what the answer says', async () => {
    const before = at().requests.length;
    const { decisions } = answerOf(await invoke('tick', {})) as {
      readonly decisions: readonly { readonly rule: string }[];
    };
    const requests = at().requests.slice(before);
    expect(requests).toHaveLength(1);
    const [{ method, path, headers, body } = none()] = requests;
    expect(method).toBe('PUT');
    expect(path).toMatch(
      /^\/rubato-dev-recordingsbucket-1a2b3c\/decisions\/\d{4}\/\d\d\/\d\d\/\d\d\/[\w.-]+\.ndjson\.gz$/,
    );
    expect(headers['content-encoding']).toBe('gzip');
    const records = recordsIn(body, path);
    expect(records.map(({ rule }) => rule.id)).toEqual(['orders']);
    expect(records.map(({ rule }) => rule.id)).toEqual(decisions.map(({ rule }) => rule));
  });

  test('record nothing of a dry run', async () => {
    const before = at().requests.length;
    answerOf(await invoke('tick', { dryRun: true }));
    expect(at().requests.slice(before)).toEqual([]);
  });
}

const none = (): never => {
  throw new Error('there is none');
};

function recordsIn(body: Buffer, name: string): readonly DecisionRecord[] {
  const take = createDecoder(name);
  const lines = gunzipSync(body).toString().split('\n');
  return lines.map(take).filter((record) => record !== undefined);
}
