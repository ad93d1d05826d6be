import type { StatementReference } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";

export interface ParsePolicyOptions {
  /** Every resource must be this bucket's. */
  readonly bucket: string;
  /** Default: every `aws...` partition. */
  readonly partition?: string;
  /** Whether the user or role of this ARN is there, as far as that can be known. Default: all are. */
  readonly principalExists?: (arn: string) => boolean;
}

/** A part of a stored policy that is not known here; the rest can be judged without it. */
export interface UnknownPart {
  readonly statement: StatementReference;
  readonly element: "Statement" | "Principal" | "Action" | "Resource" | "Condition";
  /** As it stands in the policy; of a whole statement why it cannot be read. */
  readonly value: string;
}

/**
 * How a policy is read. In a policy that is put, what S3 would refuse ends the reading. A stored
 * policy was accepted by its store, so what is not known here is only noted.
 */
export class PolicyReading {
  readonly options: ParsePolicyOptions;
  readonly unknown: UnknownPart[] = [];
  readonly isStored: boolean;
  #statement: StatementReference = { index: 0 };

  constructor(options: ParsePolicyOptions, origin: "put" | "stored") {
    this.options = options;
    this.isStored = origin === "stored";
  }

  /** What is refused from now on belongs to this statement. */
  enter(statement: StatementReference): void {
    this.#statement = statement;
  }

  /** Throws PolicyError with S3's text, unless the policy is a stored one. */
  refuse(element: UnknownPart["element"], value: string, message: string): void {
    if (!this.isStored) throw new PolicyError(message, value);
    this.unknown.push({ statement: this.#statement, element, value });
  }

  /** Whether a stored policy can be read on after a statement whose form is not known. */
  survives(error: unknown): error is PolicyError {
    return this.isStored && error instanceof PolicyError;
  }
}
