/** What DynamoDB's rules for endpoints look at, as the SDK names it; what is unknown is absent. */
export interface EndpointParameters {
  readonly Region?: string;
  readonly Endpoint?: string;
  readonly UseFIPS?: boolean;
  readonly UseDualStack?: boolean;
  readonly AccountId?: string;
  readonly AccountIdEndpointMode?: string;
  /** A table's name or its ARN. */
  readonly ResourceArn?: string;
  readonly ResourceArnList?: readonly string[];
  readonly IsSearchOperation?: boolean;
}

/** An endpoint as the SDK's middleware takes it. */
export interface Endpoint {
  readonly url: URL;
  readonly properties?: object;
  readonly headers?: object;
}

type Resolve<Answer> = (parameters: EndpointParameters, context?: object) => Answer;

/** The regions of the partition `aws`; China, GovCloud and the isolated ones have other hosts. */
const COMMON_REGION = /^(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/;

/**
 * The endpoint of a region in the partition `aws` where nothing else is asked, and whatever the
 * SDK's own resolver answers otherwise. That one is 15 KB of rules and partitions, which `load`
 * gets when the first request needs them.
 */
export function createEndpointResolver(
  load: () => Promise<{ readonly defaultEndpointResolver: Resolve<Endpoint> }>,
): Resolve<Endpoint | Promise<Endpoint>> {
  return (parameters, context) =>
    isCommon(parameters)
      ? {
          url: new URL(`https://dynamodb.${parameters.Region}.amazonaws.com`),
          properties: {},
          headers: {},
        }
      : load().then(({ defaultEndpointResolver }) => defaultEndpointResolver(parameters, context));
}

function isCommon(parameters: EndpointParameters): boolean {
  const { Region, Endpoint: url, UseFIPS, UseDualStack, IsSearchOperation } = parameters;
  const { AccountId, AccountIdEndpointMode, ResourceArn, ResourceArnList } = parameters;
  return (
    COMMON_REGION.test(Region ?? '') &&
    (url ?? AccountId ?? ResourceArnList) === undefined &&
    !UseFIPS &&
    !UseDualStack &&
    !IsSearchOperation &&
    AccountIdEndpointMode !== 'required' &&
    !(ResourceArn ?? '').startsWith('arn:')
  );
}
