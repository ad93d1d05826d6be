import type { Tag } from "../../core/bucket-settings.ts";
import { decideAccess } from "../../policy/decide-access.ts";
import { type ContextLookup, valuesOfTag } from "../../policy/request.ts";
import type { XmlNode } from "../../protocol/xml/render.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import { refusedBy } from "../refusals.ts";
import { QueryError } from "../aws-query/query-error.ts";
import type { IamDirectory } from "./iam-directory.ts";

import type { IamInput } from "./iam-input.ts";

/** A signed request to IAM. */
export interface IamCall {
  readonly input: IamInput;
  readonly caller: AuthenticatedCaller;
  /** The caller's. */
  readonly account: { readonly id: string; readonly partition: string };
  readonly directory: IamDirectory;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly lookup: ContextLookup;
}

/** What stands in the result; undefined: there is none. */
type IamAnswer = readonly XmlNode[] | undefined;
type IamOperation = (call: IamCall) => IamAnswer | Promise<IamAnswer>;
export type IamOperations = Readonly<Record<string, IamOperation>>;

/** What an action is about. */
export interface IamResource {
  readonly arn: string;
  /** As IAM calls it when it refuses; default: the ARN. */
  readonly words?: string;
  readonly tags?: readonly Tag[];
}

/** Throws QueryError AccessDenied unless the caller may; `keys`: condition keys in lower case. */
export function judge(
  { caller, lookup }: IamCall,
  action: string,
  { arn, words = arn, tags = [] }: IamResource,
  keys: ContextLookup = () => undefined,
): void {
  const context: ContextLookup = (key) => {
    const tag = /^(?:aws|iam):resourcetag\/(.*)$/s.exec(key)?.[1];
    return (tag === undefined ? keys(key) : valuesOfTag(tags, tag)) ?? lookup(key);
  };
  const decision = decideAccess({
    request: { principal: caller, action: `iam:${action}`, resource: arn, context },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
  });
  if (decision.outcome === "allowed") return;
  // IAM names things without the quotes of S3, and some by their name alone.
  const message = decision.message.replace(`"${arn}"`, words);
  throw refusedBy(new QueryError("AccessDenied", message, 403), decision);
}

/** The condition keys of tags that a request brings. */
export function requestTagKeys(tags: readonly Tag[]): ContextLookup {
  return (key) => {
    if (tags.length === 0) return undefined;
    if (key === "aws:tagkeys") return tags.map(({ Key }) => Key);
    const tag = /^aws:requesttag\/(.*)$/s.exec(key)?.[1];
    return tag === undefined ? undefined : valuesOfTag(tags, tag);
  };
}

/** Of several contexts the first that knows the key. */
export function anyOf(...contexts: readonly ContextLookup[]): ContextLookup {
  return (key) => {
    for (const context of contexts) {
      const values = context(key);
      if (values !== undefined) return values;
    }
    return undefined;
  };
}

export function oneKey(key: string, value: string | undefined): ContextLookup {
  return (asked) => (asked === key && value !== undefined ? [value] : undefined);
}
