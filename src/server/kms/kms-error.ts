import { JsonError } from "../aws-json/json-error.ts";

/** A refusal of KMS. Its service answers with the code; S3 puts `KMS.` before it. */
export class KmsError extends JsonError {
  override readonly name = "KmsError";
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
