/** Bounds of the doctor; ours. */
export const doctorLimits = {
  /** One layer; what takes longer is a finding. */
  layerMs: 60_000,
  /** The first look at the endpoint: name, connection, TLS and one answer. */
  reachMs: 10_000,
  /** How long a call is tried again: long enough for a passing fault, short enough to wait for. */
  retrySeconds: 2,
  /** From here on the clock is worth a word. AWS refuses from `s3Limits.clockSkewSeconds` on. */
  clockWarnSeconds: 60,
  /** A run that began so long ago is over: its layers have a minute each. */
  deadRunMs: 3_600_000,
  /** Objects that were there before, which are looked at. */
  sampledObjects: 3,
  /** Of an error's text that is given to be explained. */
  errorTextBytes: 64 * 1024,
} as const;
