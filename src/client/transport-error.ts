/**
 * `connect`: no connection came about (refused, name unknown, took too long). `tls`: the certificate
 * was not accepted. `stale`: a kept-alive connection turned out to be closed. `lost`: broken after
 * bytes had been sent. `silent`: nothing moved for the idle time. `cancelled`: by the call's scope.
 */
export type TransportFailure = "connect" | "tls" | "stale" | "lost" | "silent" | "cancelled";

/** What went wrong below HTTP; never leaves this folder. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly failure: TransportFailure;
  /** Node's code, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  /** Whether bytes of the request may have reached the store. */
  readonly sent: boolean;

  constructor(
    failure: TransportFailure,
    message: string,
    options: { readonly cause?: unknown; readonly sent?: boolean } = {},
  ) {
    const { cause } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.failure = failure;
    this.sent = options.sent ?? (failure !== "connect" && failure !== "tls");
    this.code = errorCode(cause);
  }
}

export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Codes of OpenSSL and Node for a certificate that is not trusted, not valid or for another host. */
export function isTlsCode(code: string | undefined): boolean {
  return (
    code !== undefined &&
    /CERT|SELF_SIGNED|^ERR_TLS|^ERR_SSL|UNABLE_TO_(?:VERIFY|GET_ISSUER)|^EPROTO$|HOSTNAME_MISMATCH/.test(
      code,
    )
  );
}
