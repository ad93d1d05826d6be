import {
  checkArgument,
  checkOptions,
  isFilledText,
  isPlainObject,
  isTags,
  isText,
  type OptionChecks,
  ownOptions,
} from "../core/check-options.ts";
import { StorageError } from "../core/errors.ts";
import type { AccessExplanation } from "../checks/explain/explain-access.ts";
import { requireBucket, storeSettings } from "../settings/store-settings.ts";
import {
  onStore,
  setupCallChecks,
  storeCallChecks,
  type SetupCallOptions,
  type StoreCallOptions,
} from "./setup-options.ts";

/** The request that is asked about. */
export interface AccessRequest {
  /** `s3:PutObject`, or an operation such as `CopyObject`. */
  readonly action: string;
  /** Default: that of the settings. */
  readonly bucket?: string;
  /** Of the object, which need not exist. Actions on buckets have none. */
  readonly key?: string;
  /** ARN of a role, a user or a session. Default: the caller. */
  readonly as?: string;
  /** Condition keys and their values, as `{ "aws:SourceIp": "203.0.113.7" }`. */
  readonly context?: Readonly<Record<string, string>>;
  /** A policy of the session, as JSON. */
  readonly sessionPolicy?: string;
}

const requestChecks: OptionChecks<AccessRequest> = {
  action: isFilledText,
  bucket: isFilledText,
  key: isText,
  as: isFilledText,
  context: isTags,
  sessionPolicy: isFilledText,
};

/** Whose bucket it is about. */
export type ExplainCallOptions = StoreCallOptions & Pick<SetupCallOptions, "owner">;

const explainChecks: OptionChecks<ExplainCallOptions> = {
  ...storeCallChecks,
  owner: setupCallChecks.owner,
};

/**
 * What the policies that can be read say of a request: allowed, denied and by which statement, or not
 * known and what it hangs on; with the smallest change that would allow it. Changes nothing.
 *
 * @example
 * const { outcome, changes } = await explain({
 *   action: "s3:PutObject", bucket: "my-lab-data", key: "runs/1", as: "arn:aws:iam::111122223333:role/lab",
 * });
 */
export async function explain(
  request: AccessRequest,
  options: ExplainCallOptions = {},
): Promise<AccessExplanation> {
  checkArgument("explain", "the request", request, (value) =>
    isPlainObject(value) ? undefined : "an object with an action",
  );
  const asked = ownOptions(request);
  const given = ownOptions(options);
  checkOptions("explain", asked, requestChecks);
  checkArgument("explain", "the option action", asked.action, isFilledText);
  return onStore("explain", given, explainChecks, async (settings) => {
    const { onEvent, owner } = given;
    const { bucket = requireBucket(storeSettings(settings)), key = "", context = {} } = asked;
    const { askedAction } = await import("./asked-action.ts");
    const { action, level } = askedAction(asked.action);
    if (level === "object" && key === "") throw noKey(action, bucket);
    const wish = {
      bucket,
      key: level === "bucket" ? "" : key,
      action,
      as: asked.as,
      context: new Map(Object.entries(context).map(([name, value]) => [name.toLowerCase(), value])),
      sessionPolicy: await sessionPolicyOf(asked),
    };
    const { observeAccess } = await import("../open/explain-session.ts");
    const { explainAccess } = await import("../checks/explain/explain-access.ts");
    const listener = { ...(onEvent !== undefined && { onEvent }) };
    const { facts, place } = await observeAccess({ settings, wish, owner, listener });
    return explainAccess(wish, facts, place);
  });
}

function noKey(action: string, bucket: string): StorageError {
  const message = `explain: ${action} is an action on objects, and no key is named.`;
  const remedy = "Name an object, which need not exist.";
  return new StorageError("InvalidArgument", message, { operation: "explain", bucket, remedy });
}

async function sessionPolicyOf({ sessionPolicy }: AccessRequest): Promise<string | undefined> {
  if (sessionPolicy === undefined) return undefined;
  const { attachedPolicyKind } = await import("../policy/attached-policy-kind.ts");
  const { parsePolicyOf } = await import("../policy/parse.ts");
  const { PolicyError } = await import("../policy/policy-error.ts");
  try {
    parsePolicyOf(attachedPolicyKind("identity"), sessionPolicy);
    return sessionPolicy;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const message = `explain: the session policy is refused by IAM: ${error.message}`;
    throw new StorageError("InvalidArgument", message, { operation: "explain", cause: error });
  }
}
