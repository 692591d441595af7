import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { type TableRole, TABLES } from '../../../infra/tables.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

type Tree = Readonly<Record<string, unknown>>;

/** CloudFormation's short forms become their long ones, as osls reads them. */
const readResources = (name: string): Readonly<Record<string, Tree>> => {
  const text = readFileSync(path.join(ROOT, 'infra/resources', `${name}.yml`), 'utf8');
  const customTags = [
    { tag: '!GetAtt', resolve: (value: string) => ({ 'Fn::GetAtt': value.split('.') }) },
    { tag: '!Ref', resolve: (value: string) => ({ Ref: value }) },
    { tag: '!Sub', resolve: (value: string) => ({ 'Fn::Sub': value }) },
  ];
  const { Resources } = parse(text, { customTags }) as { Resources: Record<string, Tree> };
  return Resources;
};

describe('infra/resources/tables.yml', () => {
  const tables: Readonly<Record<TableRole, string>> = { rules: 'RulesTable', state: 'StateTable' };

  test.for(Object.entries(tables) as [TableRole, string][])(
    'defines the %s table as infra/tables.ts does',
    ([role, logicalId]) => {
      const { Properties } = readResources('tables')[logicalId] ?? {};
      expect(Properties).toMatchObject(TABLES[role]);
      const added = new Set(Object.keys(Properties as object));
      for (const key of Object.keys(TABLES[role])) added.delete(key);
      // Whatever else is there changes neither keys, stream nor time to live.
      expect([...added].toSorted()).toEqual([
        'DeletionProtectionEnabled',
        'PointInTimeRecoverySpecification',
        'SSESpecification',
        'TableName',
      ]);
    },
  );

  test.for(Object.values(tables))('keeps %s when the stack goes', (logicalId) => {
    expect(readResources('tables')[logicalId]).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
      },
    });
  });
});

describe('infra/resources/roles.yml', () => {
  const ACTIONS: Readonly<Record<string, string>> = {
    DeleteCommand: 'dynamodb:DeleteItem',
    GetCommand: 'dynamodb:GetItem',
    PutCommand: 'dynamodb:PutItem',
    QueryCommand: 'dynamodb:Query',
    ScanCommand: 'dynamodb:Scan',
    UpdateCommand: 'dynamodb:UpdateItem',
  };
  /** Used by the command line only, as whoever runs it: no function writes or removes a rule. */
  const BY_PEOPLE = new Set(['dynamodb:PutItem', 'dynamodb:DeleteItem']);

  /** The actions that the store's adapters of one table make, read from their sources. */
  function usedOn(role: TableRole): readonly string[] {
    const folder = path.join(ROOT, 'lib/store/dynamodb');
    const files = readdirSync(folder).filter(
      (file) => file.endsWith('.ts') && (file === 'rule-store.ts') === (role === 'rules'),
    );
    const commands = files.flatMap((file) =>
      [...readFileSync(path.join(folder, file), 'utf8').matchAll(/new (\w+Command)\(/g)].map(
        ([, command = '']) => ACTIONS[command] ?? `no action is known for ${command}`,
      ),
    );
    return [...new Set(commands)].toSorted();
  }

  function grantedOn(logicalId: string, table: string): readonly string[] {
    const role = readResources('roles')[logicalId] as {
      Properties: {
        Policies: {
          PolicyDocument: { Statement: { Action: string[]; Resource: unknown[] }[] };
        }[];
      };
    };
    const arn = JSON.stringify({ 'Fn::GetAtt': [table, 'Arn'] });
    return role.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Resource }) => Resource.some((resource) => JSON.stringify(resource) === arn))
      .flatMap(({ Action }) => Action)
      .toSorted();
  }

  test.for(['TickRole', 'RulesRole'])(
    'lets %s do on state what the store does, no more',
    (role) => {
      expect(grantedOn(role, 'StateTable')).toEqual(usedOn('state'));
    },
  );

  test.for(['TickRole', 'RulesRole'])('lets %s read rules and write verdicts, no more', (role) => {
    const used = usedOn('rules').filter((action) => !BY_PEOPLE.has(action));
    expect(grantedOn(role, 'RulesTable')).toEqual(used);
  });
});
