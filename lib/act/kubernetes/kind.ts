import type { KubernetesConnection } from '../../rule/connection-kinds.ts';
import {
  INVALID,
  note,
  object,
  type ObjectSchema,
  optional,
  type Parsed,
  record,
  text,
  withDefault,
} from '../../rule/schema.ts';
import type { DeployerKind } from '../deployer.ts';
import { fullResource } from './resource.ts';

/** Longest value of a label: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_KEY =
  /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

const attributes = object(
  {
    resource: withDefault(
      text({
        about:
          'What it is: Deployment, StatefulSet, ReplicaSet, ReplicationController, or group/version/Kind of anything with a scale subresource.',
        pattern:
          /^(Deployment|StatefulSet|ReplicaSet|ReplicationController|([a-z0-9.-]+\/)?v\d[a-z0-9]*\/[A-Z][A-Za-z0-9]*)$/,
        accepted:
          'Deployment, StatefulSet, ReplicaSet, ReplicationController or group/version/Kind such as apps/v1/Deployment',
      }),
      'apps/v1/Deployment',
    ),
    namespace: text({
      about: 'The namespace it is in.',
      pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
      accepted: 'the name of a namespace (lower-case letters, digits and -)',
    }),
    name: optional(
      text({
        about: 'Its name, or a pattern in which * stands for any run of characters.',
        pattern: /^[a-z0-9*]([-a-z0-9.*]*[a-z0-9*])?$/,
        accepted: 'a name of lower-case letters, digits, - and ., in which * may stand for any run',
        max: 253,
      }),
    ),
    labels: optional(
      record(
        text({
          about: 'The value the label must have.',
          pattern: LABEL_VALUE,
          accepted: 'the value of a label (letters, digits, -, _ and ., at most 63)',
        }),
        {
          about: 'Labels it must carry, all of them.',
          key: LABEL_KEY,
          keyAccepted: 'a label',
          max: 20,
        },
      ),
    ),
  },
  { about: 'A workload in Kubernetes, or many by a pattern or labels.' },
);
type Attributes = Parsed<typeof attributes>;

const schema: ObjectSchema<Attributes> = {
  ...attributes,
  parse(value, place) {
    const parsed = attributes.parse(value, place);
    if (parsed === INVALID) return INVALID;
    const some = parsed.name !== undefined || Object.keys(parsed.labels ?? {}).length > 0;
    return some ? parsed : note(place, 'expected a name, labels or both, found neither');
  },
  json: { ...attributes.json, anyOf: [{ required: ['name'] }, { required: ['labels'] }] },
};

/** Workloads in Kubernetes that have a scale subresource. The client is loaded by `open`. */
export const kubernetes: DeployerKind = {
  connections: ['kubernetes'],
  schema,
  select(options) {
    const { resource, namespace, name, labels } = options as Attributes;
    return { resource: fullResource(resource), namespace, name: name ?? '*', labels: labels ?? {} };
  },
  managesWorkloads: true,
  dimensions: ['replicas'],
  async open(connection, surroundings) {
    const { createKubernetesDeployer } = await import('./deployer.ts');
    const { connectTo } = await import('./access.ts');
    const settings = connection.settings as KubernetesConnection;
    return createKubernetesDeployer({
      connection: connection.name,
      connect: connectTo(connection.name, settings, surroundings),
      clock: surroundings.clock,
      timeout: settings.timeout,
    });
  },
};
