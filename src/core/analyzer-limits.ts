/** Bounds of the judging of policies that are only asked about; ours unless a source is named. */
export const analyzerLimits = {
  /** A policy with its white space. */
  policyCharacters: 64 * 1024,
  /** Without white space. Source: IAM User Guide, "IAM and AWS STS quotas"; S3's own. */
  identityBytes: 6144,
  resourceBytes: 20_480,
  findings: 500,
  /** Source: IAM Access Analyzer API reference, ValidatePolicy. */
  page: 100,
} as const;
