/** A policy document that S3 would refuse; the message is S3's own text. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly code = "MalformedPolicy";
  /** The part that is refused, as it stands in the policy; undefined when it is the whole. */
  readonly detail: string | undefined;
  /** Which statement it is about, from 0; undefined: the policy as a whole. */
  readonly statement: number | undefined;

  constructor(message: string, detail?: string, statement?: number) {
    super(message);
    this.detail = detail;
    this.statement = statement;
  }
}
