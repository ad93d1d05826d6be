import type { Tag } from "../../core/bucket-settings.ts";
import { QueryError } from "../aws-query/query-error.ts";
import type { QueryInput } from "../aws-query/query-input.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import { stsLimits, stsRules } from "./sts-rules.ts";

export interface SessionTags {
  readonly tags: readonly Tag[];
  /** Those of `tags` that go on to roles which are assumed with the session. */
  readonly transitiveTagKeys: readonly string[];
}

/** `Tags` and `TransitiveTagKeys`. Throws QueryError for what is not wrong by itself, but together. */
export function readSessionTags(input: QueryInput): SessionTags {
  const tags = input.members("Tags", stsLimits.tags).map((member) => ({
    Key: input.required(`${member}.Key`, stsRules.tagKey),
    Value: input.required(`${member}.Value`, stsRules.tagValue),
  }));
  const transitiveTagKeys = input
    .members("TransitiveTagKeys", stsLimits.tags)
    .map((member) => input.required(member, stsRules.tagKey));
  return { tags, transitiveTagKeys };
}

/** Throws QueryError InvalidParameterValue. */
export function assertSessionTags({ tags, transitiveTagKeys }: SessionTags): void {
  const keys = new Set(tags.map(({ Key }) => Key.toLowerCase()));
  if (keys.size < tags.length) {
    throw invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  if (transitiveTagKeys.some((key) => !keys.has(key.toLowerCase()))) {
    throw invalid("The specified transitive tag key must be included in the requested tags.");
  }
}

/**
 * The tags of the new session with those that the caller's own session hands on, which cannot be set
 * anew. Throws QueryError InvalidParameterValue.
 */
export function withInheritedTags(own: SessionTags, caller: AuthenticatedCaller): SessionTags {
  const { tags = [], transitiveTagKeys = [] } = caller.session ?? {};
  const handedOn = new Set(transitiveTagKeys.map((key) => key.toLowerCase()));
  if (own.tags.some(({ Key }) => handedOn.has(Key.toLowerCase()))) {
    throw invalid(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive " +
        "tag key from the calling session.",
    );
  }
  return {
    tags: [...own.tags, ...tags.filter(({ Key }) => handedOn.has(Key.toLowerCase()))],
    transitiveTagKeys: [...own.transitiveTagKeys, ...transitiveTagKeys],
  };
}

function invalid(message: string): QueryError {
  return new QueryError("InvalidParameterValue", message);
}
