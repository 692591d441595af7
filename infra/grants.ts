import type { SecretReference } from '../lib/model/secrets.ts';
import type { KafkaConnection, KubernetesConnection } from '../lib/rule/connection-kinds.ts';
import type { Connection, Connections } from '../lib/rule/vocabulary.ts';

/** One statement of an IAM policy, as CloudFormation has it. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly (string | { readonly 'Fn::Sub': string })[];
}

type Resource = Statement['Resource'][number];

/** What one connection needs, before those of all are put together. */
interface Need {
  readonly action: string;
  readonly resource: Resource;
}

/**
 * What a role must be allowed for these connections and no more; none for connections that need
 * nothing of AWS. Inside an EKS cluster or a self-managed Kafka, rights are given over there.
 */
export function grantsFor(connections: Connections): readonly Statement[] {
  const byAction = new Map<string, Map<string, Resource>>();
  for (const { action, resource } of Object.values(connections).flatMap(needsOf)) {
    const resources = byAction.get(action) ?? new Map<string, Resource>();
    byAction.set(action, resources.set(JSON.stringify(resource), resource));
  }
  return [...byAction]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([action, resources]) => ({
      Sid: action.replaceAll(/(?:^|[^A-Za-z])([a-z])/gi, (_, letter: string) =>
        letter.toUpperCase(),
      ),
      Effect: 'Allow',
      Action: [action],
      Resource: [...resources]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([, resource]) => resource),
    }));
}

/** Connections that work on a developer's machine and cannot on Lambda, each with what to do. */
export function unfitForLambda(connections: Connections): readonly string[] {
  return Object.values(connections).flatMap((connection) => {
    const { name, kind, settings } = connection;
    const own: string[] = [];
    if (kind === 'process') own.push(`${name}: processes run only in the local stack`);
    if (kind === 'kubernetes' && (settings as KubernetesConnection).eks === undefined) {
      own.push(`${name}: there is no kubeconfig on Lambda; name the EKS cluster (eks: NAME)`);
    }
    for (const reference of secretsIn(settings)) {
      if (reference.from !== 'env') continue;
      own.push(
        `${name}: env:${reference.name} is not among the variables of the functions; keep it under ssm: or secretsmanager:`,
      );
    }
    return own;
  });
}

function needsOf(connection: Connection): readonly Need[] {
  const secrets = secretsIn(connection.settings).flatMap(needOfSecret);
  switch (connection.kind) {
    case 'kafka':
      return [...needsOfKafka(connection.settings as KafkaConnection), ...secrets];
    case 'kubernetes':
      return [...needsOfKubernetes(connection.settings as KubernetesConnection), ...secrets];
    default:
      return secrets;
  }
}

/**
 * Reading offsets takes Connect, DescribeTopic (metadata, end and start) and DescribeGroup
 * (commits): the table "IAM actions for Apache Kafka" of the MSK developer guide.
 */
function needsOfKafka({ msk, auth }: KafkaConnection): readonly Need[] {
  if (msk === undefined) return [];
  const brokers = { action: 'kafka:GetBootstrapBrokers', resource: msk };
  if (auth !== 'iam') return [brokers];
  const under = (what: 'topic' | 'group'): string => `${msk.replace(':cluster/', `:${what}/`)}/*`;
  return [
    brokers,
    { action: 'kafka-cluster:Connect', resource: msk },
    { action: 'kafka-cluster:DescribeTopic', resource: under('topic') },
    { action: 'kafka-cluster:DescribeGroup', resource: under('group') },
  ];
}

function needsOfKubernetes({ eks }: KubernetesConnection): readonly Need[] {
  if (eks === undefined) return [];
  return [{ action: 'eks:DescribeCluster', resource: here('eks', `cluster/${eks}`) }];
}

/**
 * A secret under AWS's own key needs nothing else. One under a key of one's own needs that key's
 * policy to let the role decrypt.
 */
function needOfSecret({ from, name }: SecretReference): readonly Need[] {
  switch (from) {
    case 'env':
      return [];
    case 'ssm':
      return [{ action: 'ssm:GetParameter', resource: parameterArn(name) }];
    case 'secretsmanager':
      return [{ action: 'secretsmanager:GetSecretValue', resource: secretArn(name) }];
    default:
      return [];
  }
}

/** A name may end in a version or label, `/kafka/password:3`, which is no part of the ARN. */
function parameterArn(name: string): Resource {
  if (name.startsWith('arn:')) return name;
  return here('ssm', `parameter/${name.replace(/^\//, '').replace(/:[^:]*$/, '')}`);
}

/** Secrets Manager ends each ARN in a hyphen and six letters that nobody knows beforehand. */
function secretArn(reference: string): Resource {
  const id = reference.replace(/#.*$/, '');
  return id.startsWith('arn:') ? id : here('secretsmanager', `secret:${id}-??????`);
}

const here = (service: string, resource: string): Resource => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

const isReference = (value: object): value is SecretReference => 'from' in value && 'name' in value;

function secretsIn(settings: unknown): readonly SecretReference[] {
  if (typeof settings !== 'object' || settings === null) return [];
  if (isReference(settings)) return [settings];
  return Object.values(settings).flatMap(secretsIn);
}
