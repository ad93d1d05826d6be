import type { QueryFailure } from "./query-protocol.ts";

/** A refusal of a service that speaks the query protocol. */
export class QueryError extends Error implements QueryFailure {
  override readonly name = "QueryError";
  /** Such as `ValidationError`. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export function validationError(message: string): QueryError {
  return new QueryError("ValidationError", message);
}
