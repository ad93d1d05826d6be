/** What a call of the control plane was about. */
export interface AdminCall {
  /** S3's, STS's or IAM's name of the operation. */
  readonly operation: string;
  readonly bucket?: string;
}

/** The parts of an SDK error that tell what the service answered. */
export interface ServiceAnswer {
  readonly status: number;
  /** Undefined for HEAD, whose answers have no body. */
  readonly code: string | undefined;
  readonly message: string;
  readonly requestId: string | undefined;
  /** Where the bucket is, when the answer says so. */
  readonly region: string | undefined;
}
