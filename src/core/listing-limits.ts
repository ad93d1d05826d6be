/**
 * Bounds of what IAM and Organizations list for one operation; ours, above AWS's quotas: an account has up
 * to 5,000 users and 5,000 roles, a user two keys and ten groups. Source: IAM User Guide, "IAM and STS quotas".
 */
export const listingLimits = {
  /** Of all listings of the operation together. */
  pages: 20_000,
  /** Of all listings of the operation together. */
  entries: 50_000,
  /** Of one principal or account, each of which is read: far above the quotas, too. */
  policies: 1000,
  /** AWS does give some before the end. */
  emptyPagesInRow: 100,
} as const;
