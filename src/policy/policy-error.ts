/** A policy document that S3 would refuse; the message is S3's own text. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly code = "MalformedPolicy";
}
