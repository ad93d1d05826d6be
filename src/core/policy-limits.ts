/** Bounds of judging policies; ours. */
export const policyLimits = {
  /** Actions whose statements a compiled policy keeps apart: more than this server has. */
  actionsKept: 256,
  /** Tries of tags whose names differ in case only; with more, an Allow fails and a Deny matches. */
  tagReadings: 64,
  /** Characters of a text of AccessDenied that are read: several times the longest ARNs in one. */
  denialText: 16_384,
  /** Of a policy or message that is read from a file or standard input: far above what AWS takes. */
  inputBytes: 262_144,
  /**
   * Places from an organisation's root to an account, both counted. Source: Organizations User Guide, "Quotas":
   * units can be nested five levels deep.
   */
  organizationDepth: 7,
  /** Objects and lists within one another: policies have up to seven. */
  nesting: 32,
} as const;
