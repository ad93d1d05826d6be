/** Bounds of the audit. */
export const auditLimits = {
  /** Objects whose encryption is looked at; each costs a HEAD. */
  sampledObjects: 50,
  /** HEADs at a time. */
  headsAtATime: 10,
  /** Trails that are looked at; an account has up to five in a region, and shadows of others'. */
  trails: 200,
} as const;
