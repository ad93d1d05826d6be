/** A refusal of KMS. Its service answers with the code; S3 puts `KMS.` before it. */
export class KmsError extends Error {
  override readonly name = "KmsError";
  /** Such as `NotFoundException`. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export function notFound(message: string): KmsError {
  return new KmsError("NotFoundException", message);
}

export function noSuchKey(arn: string): KmsError {
  return notFound(`Key '${arn}' does not exist`);
}

export function invalid(message: string): KmsError {
  return new KmsError("ValidationException", message);
}

export function denied(message: string): KmsError {
  return new KmsError("AccessDeniedException", message);
}
