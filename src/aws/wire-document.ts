import type { S3Client } from "@aws-sdk/client-s3";
import type { HeaderReader } from "../protocol/documents/setting-document.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { isResponse, readAnswerBody } from "./answer-body.ts";
import { foreignAnswer } from "./answer-error.ts";
import type { AdminCall } from "./service-answer.ts";

interface WireCommand {
  readonly middlewareStack: object;
}

/** The SDK types a command's stack of middlewares for one operation; these suit every operation. */
function stackOf(command: WireCommand): S3Client["middlewareStack"] {
  return command.middlewareStack as S3Client["middlewareStack"];
}

export interface RequestDocument {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends this document in place of the one that the SDK would write. */
export function sendDocument(command: WireCommand, { text, headers }: RequestDocument): void {
  stackOf(command).add(
    (next) => (args) => {
      // Set by the SDK's own step before.
      const request = args.request as { headers: Record<string, string>; body: unknown };
      request.body = text;
      Object.assign(request.headers, headers);
      return next(args);
    },
    { step: "serialize", name: "sendDocument", priority: "low" },
  );
}

export interface AnswerDocument {
  readonly text: string;
  readonly header: HeaderReader;
}

/**
 * Takes a good answer's document, of which the SDK then sees nothing: in documents that it does not
 * expect it finds nothing and says "not set". Old Ceph answers so, with the bucket's listing, to what
 * it does not know. Where `take` throws S3Error the call throws NotSupported.
 */
export function takeAnswer(
  command: WireCommand,
  call: AdminCall,
  take: (answer: AnswerDocument) => void,
): void {
  stackOf(command).add(
    (next) => async (args) => {
      const result = await next(args);
      const response: unknown = result.response;
      if (!isResponse(response) || response.statusCode >= 300) return result;
      const { headers, statusCode } = response;
      const text = (await readAnswerBody(response.body, call)).toString("utf8");
      response.body = Buffer.alloc(0);
      try {
        take({ text, header: (name) => headers[name] });
      } catch (cause) {
        throw cause instanceof S3Error ? foreignAnswer(call, statusCode, cause) : cause;
      }
      return result;
    },
    { step: "deserialize", name: "takeAnswer", priority: "low" },
  );
}
