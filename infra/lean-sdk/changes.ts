import path from 'node:path';

/** One change to the text of an SDK module. */
export interface Change {
  /** The end of the module's path. */
  readonly file: string;
  /** What is there now: a text that occurs once, or whatever a pattern finds. */
  readonly from: string | RegExp;
  /** What stands there instead; `$1` is what the pattern's first group found. */
  readonly to: string;
}

const CORE = '@smithy/core/dist-es/submodules';
const DYNAMODB = '@aws-sdk/client-dynamodb/dist-es';
const SIGNATURE = '@smithy/signature-v4/dist-es';
const RESOLVER = path.join(import.meta.dirname, 'dynamodb-endpoint.ts');

/** What a start need not load, though what DynamoDB's client is made of names it. */
export const CHANGES: readonly Change[] = [
  // Rules and partitions: another 15 KB, for requests to anything but a common region.
  {
    file: `${DYNAMODB}/runtimeConfig.shared.js`,
    from: 'import { defaultEndpointResolver } from "./endpoint/endpointResolver";',
    to: `import { createEndpointResolver } from ${JSON.stringify(RESOLVER)};
const defaultEndpointResolver = createEndpointResolver(() => import("./endpoint/endpointResolver"));`,
  },
  // So that a resolver may be asynchronous.
  {
    file: `${CORE}/endpoints/middleware-endpoint/adaptors/getEndpointFromInstructions.js`,
    from: 'const endpoint = clientConfig.endpointProvider(',
    to: 'const endpoint = await clientConfig.endpointProvider(',
  },
  // Only S3's client has parameters of its own.
  {
    file: `${CORE}/endpoints/middleware-endpoint/adaptors/getEndpointFromInstructions.js`,
    from: /^import \{ resolveParamsForS3 \} from ("[^"]+");$/gm,
    to: 'const resolveParamsForS3 = async (of) => (await import($1)).resolveParamsForS3(of);',
  },
  // It keeps the partitions for a prefix that only AWS's own tools set.
  {
    file: '@aws-sdk/core/dist-es/submodules/client/middleware-user-agent/user-agent-middleware.js',
    from: 'import { getUserAgentPrefix } from "../util-endpoints/lib/aws/partition";',
    to: 'const getUserAgentPrefix = () => "";',
  },
  // A class and a schema for each of 35 errors. Without them an error is a DynamoDBServiceException
  // of the same name, message and fault: what the SDK's retries look at, and our store. Only of
  // one does the class say more, that it is to be tried again.
  {
    file: `${DYNAMODB}/schemas/schemas_0.js`,
    from: /^export var (?!ReplicatedWriteConflictException\$)(\w+)\$ = \[-3, n0,[^;]+;\nn0_registry\.registerError\(\1\$, \1\);$/gm,
    to: '',
  },
  // For AWS_RETRY_MODE=adaptive.
  {
    file: `${CORE}/retry/middleware-retry/configurations.js`,
    from: 'import { AdaptiveRetryStrategy } from "../util-retry/AdaptiveRetryStrategy";',
    to: '',
  },
  {
    file: `${CORE}/retry/middleware-retry/configurations.js`,
    from: 'return new AdaptiveRetryStrategy(',
    to: `const { AdaptiveRetryStrategy } = await import("../util-retry/AdaptiveRetryStrategy");
            return new AdaptiveRetryStrategy(`,
  },
  // For a Node that was built without OpenSSL; to ask for it takes a hash, at each start.
  {
    file: `${CORE}/checksum/sha256/Sha256Node.js`,
    from: /^import \{ Sha256Js \}[^]+^export const Sha256Node = hasNativeCrypto \? buildNativeClass\(\) : Sha256Js;/gm,
    to: 'export const Sha256Node = buildNativeClass();',
  },
  // For event streams, of which DynamoDB has none.
  {
    file: `${SIGNATURE}/SignatureV4.js`,
    from: 'import { HeaderFormatter } from "./HeaderFormatter";',
    to: '',
  },
  { file: `${SIGNATURE}/SignatureV4.js`, from: 'headerFormatter = new HeaderFormatter();', to: '' },
  {
    file: `${SIGNATURE}/SignatureV4.js`,
    from: 'this.headerFormatter.format(',
    to: 'new (await import("./HeaderFormatter")).HeaderFormatter().format(',
  },
  // For a machine that is not told its region: Lambda always is.
  ...['config-resolver/regionConfig/config.js', 'defaults-mode/resolveDefaultsModeConfig.js'].map(
    (file): Change => ({
      file: `${CORE}/config/${file}`,
      from: /^import \{ getInstanceMetadataRegion \} from ("[^"]+");$/gm,
      to: 'const getInstanceMetadataRegion = async () => (await import($1)).getInstanceMetadataRegion();',
    }),
  ),
];

/** The text of a module with its changes; throws where it is not the text they were made for. */
export function changed(source: string, file: string): string {
  let text = source;
  for (const change of CHANGES.filter((one) => isOf(one, file))) {
    const next = text.replaceAll(change.from, change.to);
    if (next === text) throw new Error(unfit(change, 'it is not in this version of that module'));
    text = next;
  }
  return text;
}

/** Throws when DynamoDB's client is among the modules that were read and one to be changed is not. */
export function refuseUnread(files: ReadonlySet<string>): void {
  const read = [...files];
  if (!read.some((file) => file.includes(`/node_modules/${DYNAMODB}/`))) return;
  for (const change of CHANGES) {
    if (!read.some((file) => isOf(change, file))) {
      throw new Error(unfit(change, 'that module is not used any more'));
    }
  }
}

const isOf = (change: Change, file: string): boolean =>
  file.endsWith(`/node_modules/${change.file}`);

const unfit = ({ file, from }: Change, why: string): string =>
  `${file}: the bundle is to change ${String(from)}, but ${why}. ` +
  `Was the AWS SDK upgraded? Correct or remove the change in infra/lean-sdk/changes.ts.`;
