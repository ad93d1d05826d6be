import { StorageError } from "../../core/errors.ts";
import { parseXml } from "../../protocol/xml/parse.ts";
import type { XmlElement } from "../../protocol/xml/parse.ts";
import type { S3Answer } from "../s3-request.ts";

/** Parses a small XML answer. Anything else there is not S3: throws `Unavailable`. */
export function readDocument(operation: string, answer: S3Answer, root: string): XmlElement {
  try {
    return parseXml(answer.document.toString("utf8").trim(), { root });
  } catch (cause) {
    throw unreadable(operation, answer, root, cause);
  }
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
      remedy: "Check that the endpoint is an S3 endpoint and that no proxy answers for it.",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
