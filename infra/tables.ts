import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';

/** The two tables, by what they hold. */
export type TableRole = 'rules' | 'state';

/** A table as CloudFormation's AWS::DynamoDB::Table has it in `Properties`, without its name. */
export interface TableProperties {
  readonly BillingMode: 'PAY_PER_REQUEST';
  readonly KeySchema: readonly {
    readonly AttributeName: string;
    readonly KeyType: 'HASH' | 'RANGE';
  }[];
  readonly AttributeDefinitions: readonly {
    readonly AttributeName: string;
    readonly AttributeType: 'S';
  }[];
  readonly StreamSpecification?: { readonly StreamViewType: 'NEW_AND_OLD_IMAGES' };
  readonly TimeToLiveSpecification?: { readonly AttributeName: string; readonly Enabled: true };
}

/** The one definition of both tables: the template, the local stack and the tests all follow it. */
export const TABLES: Readonly<Record<TableRole, TableProperties>> = {
  rules: {
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
  state: {
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    // Only audit entries carry this attribute; a lease or a memory must never be deleted by it.
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  },
};

const ROLES: readonly TableRole[] = ['rules', 'state'];

/** How long a table may take to become active; on demand it takes DynamoDB some ten seconds. */
const ACTIVE_TIMEOUT_MS = 60_000;
/** A local stack is ready at once and DynamoDB in seconds, so each wait is twice the one before. */
const FIRST_POLL_MS = 5;
const LONGEST_POLL_MS = 1000;

/**
 * Makes the tables that are not there yet and waits until both are active. A table that is there
 * is left as it is; one with another key is refused, for nothing could be written to it.
 */
export async function createTables(
  client: DynamoDBClient,
  names: Readonly<Record<TableRole, string>>,
): Promise<void> {
  for (const role of ROLES) {
    await createTable(client, names[role], TABLES[role]);
    const description = await waitUntilActive(client, names[role]);
    refuseOtherKey(description, names[role], TABLES[role]);
    await setTimeToLive(client, names[role], TABLES[role]);
  }
}

async function createTable(
  client: DynamoDBClient,
  TableName: string,
  properties: TableProperties,
): Promise<void> {
  const { BillingMode, KeySchema, AttributeDefinitions, StreamSpecification } = properties;
  const create = new CreateTableCommand({
    TableName,
    BillingMode,
    KeySchema: [...KeySchema],
    AttributeDefinitions: [...AttributeDefinitions],
    ...(StreamSpecification
      ? { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }
      : {}),
  });
  await client.send(create).catch(ignoring('ResourceInUseException'));
}

async function waitUntilActive(
  client: DynamoDBClient,
  TableName: string,
): Promise<TableDescription> {
  const end = Date.now() + ACTIVE_TIMEOUT_MS;
  for (let poll = FIRST_POLL_MS; ; poll = Math.min(poll * 2, LONGEST_POLL_MS)) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return Table;
    if (Date.now() > end) {
      throw new Error(
        `Table ${TableName} is still ${Table?.TableStatus} after ${ACTIVE_TIMEOUT_MS} ms. ` +
          'Look at it in the console; in the local stack, delete the folder of its data.',
      );
    }
    await new Promise((resolve) => {
      setTimeout(resolve, poll);
    });
  }
}

function refuseOtherKey(
  { KeySchema = [] }: TableDescription,
  name: string,
  properties: TableProperties,
): void {
  const keys = (schema: TableProperties['KeySchema'] | typeof KeySchema): string =>
    schema.map(({ AttributeName, KeyType }) => `${AttributeName} (${KeyType})`).join(', ');
  if (keys(KeySchema) === keys(properties.KeySchema)) return;
  throw new Error(
    `Table ${name} has the key ${keys(KeySchema)}, expected ${keys(properties.KeySchema)}. ` +
      'It belongs to something else: choose another name.',
  );
}

/** The embedded stand-in knows no time to live; expired entries are left out by their readers. */
async function setTimeToLive(
  client: DynamoDBClient,
  TableName: string,
  { TimeToLiveSpecification }: TableProperties,
): Promise<void> {
  if (!TimeToLiveSpecification) return;
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  const status = TimeToLiveDescription?.TimeToLiveStatus;
  if (status === 'ENABLED' || status === 'ENABLING') return;
  await client
    .send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
    .catch(ignoring('UnknownOperationException'));
}

const ignoring =
  (name: string) =>
  (error: unknown): void => {
    if (!(error instanceof Error) || error.name !== name) throw error;
  };
