/** Bounds of signing in at a portal; times in milliseconds. */
export const signInLimits = {
  /** Of one answer of the portal; tokens take a few KiB. */
  answerBytes: 262_144,
  /** Between two questions whether somebody has approved, where the portal names no time. Source: RFC 8628. */
  pollMs: 5000,
  /** Added when the portal finds us too fast. Source: RFC 8628. */
  slowDownMs: 5000,
  /** For the whole sign-in, whatever the portal says. */
  longestMs: 1_800_000,
} as const;
