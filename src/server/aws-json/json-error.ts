/** A refusal of a service that speaks JSON. */
export class JsonError extends Error {
  override readonly name: string = "JsonError";
  /** Such as `NotFoundException`. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
