import type { Statement, StatementReference } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";

/** What the kinds of policies differ in: a bucket's, an identity's, a key's, a role's trust, ... */
export interface PolicyKind {
  /** `none`: the caller is whoever the policy is attached to, and naming one is a mistake. */
  readonly principals: "required" | "none";
  /** `none`: the resource is what the policy stands on, and naming one is a mistake. */
  readonly resources: "required" | "none";
  /** Without white space. */
  readonly maximumBytes: number;
  /** Whether the user or role of this ARN is there, as far as that can be known. Default: all are. */
  readonly principalExists?: (arn: string) => boolean;
  /** What its service says of a document that is none, and of one that is too large. */
  readonly texts: { readonly notJson: string; readonly tooLarge: string };
  /** Refuses an action, a resource, and what does not go together in a statement. */
  assertAction(pattern: string, reading: PolicyReading): void;
  assertResource(pattern: string, reading: PolicyReading): void;
  assertStatement(
    parts: Pick<Statement, "actions" | "resources" | "conditions">,
    reading: PolicyReading,
  ): void;
}

/** A part of a stored policy that is not known here; the rest can be judged without it. */
export interface UnknownPart {
  readonly statement: StatementReference;
  readonly element: "Statement" | "Principal" | "Action" | "Resource" | "Condition";
  /** As it stands in the policy; of a whole statement why it cannot be read. */
  readonly value: string;
}

/**
 * How a policy is read. In a policy that is put, what AWS would refuse ends the reading. A stored
 * policy was accepted by its store, so what is not known here is only noted.
 */
export class PolicyReading {
  readonly kind: PolicyKind;
  readonly unknown: UnknownPart[] = [];
  readonly isStored: boolean;
  #statement: StatementReference = { index: 0 };

  constructor(kind: PolicyKind, origin: "put" | "stored") {
    this.kind = kind;
    this.isStored = origin === "stored";
  }

  /** What is refused from now on belongs to this statement. */
  enter(statement: StatementReference): void {
    this.#statement = statement;
  }

  /** Throws PolicyError with the service's text, unless the policy is a stored one. */
  refuse(element: UnknownPart["element"], value: string, message: string): void {
    if (!this.isStored) throw new PolicyError(message, value);
    this.unknown.push({ statement: this.#statement, element, value });
  }

  /** Whether a stored policy can be read on after a statement whose form is not known. */
  survives(error: unknown): error is PolicyError {
    return this.isStored && error instanceof PolicyError;
  }
}
