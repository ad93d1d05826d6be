/** What S3 keeps with an object and takes over into no copy, not even one onto the object itself. */
export interface ObjectExtras {
  readonly websiteRedirect?: string;
  /** `GOVERNANCE` or `COMPLIANCE`, until `lockedUntil`, an ISO time. */
  readonly lockMode?: string;
  readonly lockedUntil?: string;
  /** `ON` or `OFF`. */
  readonly legalHold?: string;
}

/** Of a copy: extras, and who may do what by its ACL, as `full-control` and `id="..."`. */
export interface CopiedExtras extends ObjectExtras {
  readonly grants?: Readonly<Record<string, string>>;
}
