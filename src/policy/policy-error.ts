/** A policy document that S3 would refuse; the message is S3's own text. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly code = "MalformedPolicy";
  /** The part that is refused, as it stands in the policy; undefined when it is the whole. */
  readonly detail: string | undefined;

  constructor(message: string, detail?: string) {
    super(message);
    this.detail = detail;
  }
}
