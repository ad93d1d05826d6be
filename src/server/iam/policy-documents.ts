import { serverLimits } from "../../core/limits.ts";
import type { NamedPolicy } from "../../policy/access-layers.ts";
import { type AttachedPolicyKind, attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { type CompiledPolicy, compilePolicy } from "../../policy/compile-policy.ts";
import { parseStoredPolicyOf } from "../../policy/parse.ts";

/** Policies in the form that judges requests, each made once as long as there is room. */
export class PolicyDocuments {
  /** Allows nothing and denies nothing. */
  readonly nothing = compilePolicy({ version: "2012-10-17", statements: [] });
  readonly #compiled = new Map<string, CompiledPolicy>();

  /** Of a document that was taken before. */
  named(kind: AttachedPolicyKind, name: string, document: string): NamedPolicy {
    return { name, policy: this.compiled(kind, document) };
  }

  /** A Deny may stand in what cannot be read, so that nothing is judged by the rest of it. */
  compiled(kind: AttachedPolicyKind, document: string): CompiledPolicy {
    const key = `${kind}\n${document}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const { policy, unknown } = parseStoredPolicyOf(
      attachedPolicyKind(kind, { maximumBytes: Infinity }),
      document,
    );
    const unread = unknown.find(({ element }) => element === "Statement");
    if (unread !== undefined) throw new Error(`A policy cannot be read: ${unread.value}`);
    const compiled = compilePolicy(policy);
    if (this.#compiled.size >= serverLimits.identityPolicies) this.#compiled.clear();
    this.#compiled.set(key, compiled);
    return compiled;
  }
}
