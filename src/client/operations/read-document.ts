import { StorageError } from "../../core/errors.ts";
import { parseXml, type XmlElement } from "../../protocol/xml/parse.ts";
import type { S3Answer } from "../s3-request.ts";

/**
 * Parses a small XML answer. Anything else there is not S3: throws `Unavailable`. Some stores end the
 * root's name in `Response` where S3 has `Result` (moto's CompleteMultipartUploadResponse).
 */
export function readDocument(operation: string, answer: S3Answer, root: string): XmlElement {
  try {
    const found = parseXml(answer.document.toString("utf8").trim());
    if (stem(found.name) === stem(root)) return found;
  } catch (cause) {
    throw unreadable(operation, answer, root, cause);
  }
  throw unreadable(operation, answer, root);
}

/** Reads a listing. Anything else there is not S3: throws `Unavailable`. */
export function readAnswer<Document>(
  operation: string,
  answer: S3Answer,
  root: string,
  read: (document: Buffer) => Document,
): Document {
  try {
    return read(answer.document);
  } catch (cause) {
    throw unreadable(operation, answer, root, cause);
  }
}

function stem(name: string): string {
  return name.replace(/(?:Result|Response)$/, "");
}

export function unreadable(
  operation: string,
  answer: Pick<S3Answer, "status" | "document">,
  root: string,
  cause?: unknown,
): StorageError {
  const snippet = answer.document.toString("utf8", 0, 200).replaceAll(/\s+/g, " ");
  return new StorageError(
    "Unavailable",
    `${operation}: the answer is not the expected ${root} document but: ${snippet}`,
    {
      operation,
      status: answer.status,
      // The store said success, so a change whose answer cannot be read may have been made.
      outcome: /^(?:Get|List)/.test(operation) ? "not-applied" : "unknown",
      remedy: "Check that the endpoint is an S3 endpoint and that no proxy answers for it.",
      ...(cause !== undefined && { cause }),
    },
  );
}
