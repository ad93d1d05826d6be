/** Bounds of the SSO portal; times in milliseconds. */
export const portalLimits = {
  /** Sign-ins at the portal that are under way at a time, and how long each may take, as at AWS. */
  signIns: 1000,
  signInMs: 600_000,
  /** Between two questions of a program whether somebody has approved; AWS's own. */
  pollMs: 1000,
  /** A program's registration is good for that long; AWS's own. */
  clientMs: 90 * 86_400_000,
  /** What a program may say of itself, all of which is in its id. */
  clientCharacters: 4096,
  /** A sign-in, and each of its access tokens. Source: IAM Identity Center User Guide. */
  sessionMs: 8 * 3_600_000,
  accessMs: 3_600_000,
  /** Sign-outs that are looked at for ones to forget, whenever one is added. */
  signOutsLooked: 1000,
} as const;
