import { serverLimits } from "../../core/limits.ts";
import type { NamedPolicy } from "../../policy/access-layers.ts";
import { type AttachedPolicyKind, attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { type CompiledPolicy, compilePolicy } from "../../policy/compile-policy.ts";
import { parseStoredPolicyOf } from "../../policy/parse.ts";

/** Policies in the form that judges requests, each made once as long as there is room. */
export class PolicyDocuments {
  /** Allows nothing and denies nothing. */
  readonly nothing = compilePolicy({ version: "2012-10-17", statements: [] });
  readonly #compiled = new Map<AttachedPolicyKind, Map<string, CompiledPolicy>>();

  /** Of a document that was taken before. */
  named(kind: AttachedPolicyKind, name: string, document: string): NamedPolicy {
    return { name, policy: this.compiled(kind, document) };
  }

  /** A Deny may stand in what cannot be read, so that nothing is judged by the rest of it. */
  compiled(kind: AttachedPolicyKind, document: string): CompiledPolicy {
    const ofKind = this.#compiled.get(kind) ?? new Map<string, CompiledPolicy>();
    this.#compiled.set(kind, ofKind);
    const known = ofKind.get(document);
    if (known !== undefined) return known;
    const { policy, unknown } = parseStoredPolicyOf(
      attachedPolicyKind(kind, { maximumBytes: Infinity }),
      document,
    );
    const unread = unknown.find(({ element }) => element === "Statement");
    if (unread !== undefined) throw new Error(`A policy cannot be read: ${unread.value}`);
    const compiled = compilePolicy(policy);
    if (ofKind.size >= serverLimits.identityPolicies) ofKind.clear();
    ofKind.set(document, compiled);
    return compiled;
  }
}
