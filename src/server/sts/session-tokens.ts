import { serverLimits } from "../../core/limits.ts";
import type { Secrets } from "../../engine/records.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { type CompiledPolicy, compilePolicy } from "../../policy/compile-policy.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import { sealedText, type SealedText } from "../sealed-text.ts";
import type { SessionGrant } from "./session-grant.ts";

/** A grant with what is made of it once. */
export interface OpenedSession {
  readonly grant: SessionGrant;
  /** Of `grant.policies`. */
  readonly policies: readonly CompiledPolicy[];
}

/** Session tokens that carry their session, sealed. Those in use are kept opened. */
export class SessionTokens {
  readonly #sealed: SealedText;
  readonly #opened = new Map<string, OpenedSession>();

  constructor(secrets: Secrets) {
    this.#sealed = sealedText(secrets, "session tokens");
  }

  issue(grant: SessionGrant): string {
    return this.#sealed.seal(grant);
  }

  /** Undefined: no token of this store. Whether it has expired is not looked at. */
  open(token: string): OpenedSession | undefined {
    const known = this.#opened.get(token);
    if (known !== undefined) return known;
    // Nobody else can have made what opens, so that its form needs no check.
    const grant = this.#sealed.open(token) as SessionGrant | undefined;
    if (grant === undefined) return undefined;
    const opened = { grant, policies: (grant.policies ?? []).map(compileSessionPolicy) };
    if (this.#opened.size >= serverLimits.openedSessions) this.#opened.clear();
    this.#opened.set(token, opened);
    return opened;
  }
}

/** Throws PolicyError. */
export function compileSessionPolicy(text: string): CompiledPolicy {
  return compilePolicy(parsePolicyOf(sessionPolicyKind, text));
}

/** Source: STS API reference, AssumeRole: 2,048 characters; its size in bytes is bounded elsewhere. */
const sessionPolicyKind = attachedPolicyKind("identity");
