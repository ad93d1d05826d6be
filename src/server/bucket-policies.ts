import { serverLimits } from "../core/limits.ts";
import type { BucketRecord } from "../engine/engine.ts";
import { type CompiledPolicy, compilePolicy } from "../policy/compile-policy.ts";
import { parseStoredPolicy } from "../policy/parse.ts";

/** The policies of a server's buckets, ready to judge: read with every request, changed rarely. */
export interface BucketPolicies {
  /** Undefined: the bucket has none. */
  of(bucket: BucketRecord): CompiledPolicy | undefined;
}

/** Keeps those of the `serverLimits.compiledPolicies` buckets that came last. */
export function createBucketPolicies(): BucketPolicies {
  const kept = new Map<string, { readonly text: string; readonly policy: CompiledPolicy }>();
  return {
    of: ({ name, settings }) => {
      const text = settings.policy;
      if (text === undefined) return undefined;
      const known = kept.get(name);
      if (known?.text === text) return known.policy;
      const policy = compileStored(text, name);
      kept.delete(name);
      const [oldest] = kept.keys();
      if (kept.size >= serverLimits.compiledPolicies && oldest !== undefined) kept.delete(oldest);
      kept.set(name, { text, policy });
      return policy;
    },
  };
}

/** A Deny may stand in what cannot be read, so that nobody is let in by the rest of it. */
function compileStored(text: string, bucket: string): CompiledPolicy {
  const { policy, unknown } = parseStoredPolicy(text, bucket);
  const unread = unknown.find(({ element }) => element === "Statement");
  if (unread !== undefined) {
    throw new Error(`The policy of ${bucket} cannot be read: ${unread.value}`);
  }
  return compilePolicy(policy);
}
