import type { Container, Workload } from '../rule.ts';
import {
  discreet,
  either,
  isPlain,
  list,
  mapped,
  object,
  record,
  type Schema,
  text,
  withDefault,
} from '../schema.ts';

const LABEL_KEY = /^(?:[a-z0-9][a-z0-9.-]{0,252}\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;
const QUANTITY = /^\d{1,15}(?:\.\d{1,9})?(?:m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/;

const words = (about: string): Schema<readonly string[]> =>
  withDefault(
    list(text({ about: 'One word.', max: 32_768, empty: true }), { about, max: 500 }),
    [],
  );

const quantities = (about: string): Schema<Readonly<Record<string, string>>> =>
  withDefault(
    record(
      text({
        about: 'A quantity as Kubernetes writes it.',
        pattern: QUANTITY,
        accepted: 'a quantity as text, such as 100m, 1 or 64Mi',
        max: 30,
      }),
      { about, key: /^[a-z0-9./-]+$/, keyAccepted: 'a resource such as cpu or memory', max: 20 },
    ),
    {},
  );

/** Values of variables may be secrets (they should not be), so problems do not repeat them. */
const env = withDefault(
  record(discreet(text({ about: 'The value.', max: 32_768, empty: true })), {
    about: 'Environment variables.',
    key: /^[A-Za-z_.-][\w.-]*$/,
    keyAccepted: 'a variable such as LOG_LEVEL',
    max: 300,
  }),
  {},
);

const containerFields = {
  image: text({
    about: 'The image to run.',
    pattern: /^[\w][\w.\-/:@]*$/,
    accepted: 'an image such as registry/name:tag',
    max: 512,
  }),
  command: words('Program and arguments, in place of the image’s entrypoint.'),
  args: words('Arguments, in place of the image’s.'),
  env,
  resources: withDefault(
    object(
      {
        requests: quantities('What the scheduler sets aside.'),
        limits: quantities('What it may use at most.'),
      },
      { about: 'Resources of the container.' },
    ),
    { requests: {}, limits: {} },
    {},
  ),
};

const metadataFields = {
  labels: withDefault(
    record(text({ about: 'A label’s value.', pattern: LABEL_VALUE, max: 63, empty: true }), {
      about: 'Labels of the workload and its pods.',
      key: LABEL_KEY,
      keyAccepted: 'a label such as app.kubernetes.io/part-of',
      max: 64,
    }),
    {},
  ),
  annotations: withDefault(
    record(text({ about: 'Any text.', max: 32_768, empty: true }), {
      about: 'Annotations of the pods.',
      key: LABEL_KEY,
      keyAccepted: 'an annotation such as example.org/owner',
      max: 64,
    }),
    {},
  ),
};

type Written = Omit<Container, 'requests' | 'limits'> & {
  readonly resources: Pick<Container, 'requests' | 'limits'>;
};

const container = ({
  resources,
  name,
  image,
  command,
  args,
  env: variables,
}: Written): Container => ({
  name,
  image,
  command,
  args,
  env: variables,
  ...resources,
});

const one = mapped(
  object(
    { ...containerFields, ...metadataFields },
    { about: 'A workload of one container, which is called main.' },
  ),
  (written): Workload => ({
    containers: [container({ ...written, name: 'main' })],
    labels: written.labels,
    annotations: written.annotations,
  }),
);

const several = mapped(
  object(
    {
      containers: list(
        object(
          {
            name: text({
              about: 'Name of the container.',
              pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
              accepted: 'a name of lower-case letters, digits and -',
              max: 63,
            }),
            ...containerFields,
          },
          { about: 'A container.' },
        ),
        { about: 'The containers of each replica.', min: 1, max: 20 },
      ),
      ...metadataFields,
    },
    { about: 'A workload of several containers.' },
  ),
  ({ containers, labels, annotations }): Workload => ({
    containers: containers.map((written) => container(written)),
    labels,
    annotations,
  }),
);

/** The workload itself: `image`, `command` … of a single container, or a list `containers`. */
export const workloadAttribute: Schema<Workload> = either(
  (value) => isPlain(value) && 'containers' in value,
  several,
  one,
);
