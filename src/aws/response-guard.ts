import type { S3Client } from "@aws-sdk/client-s3";
import { adminLimits } from "../core/limits.ts";
import { StorageError } from "../core/errors.ts";
import { foreignAnswer } from "./answer-error.ts";
import type { AdminCall } from "./service-answer.ts";
import { rootElement } from "./document-shapes.ts";

interface GuardedCommand {
  readonly middlewareStack: object;
}

/**
 * Looks at a good answer's text before the SDK reads it. Stores that do not know a sub-resource answer
 * with another document (old Ceph: the bucket's listing), in which the SDK finds nothing and says
 * "not set". `inspect` gets the text.
 * The answer must be a document with one of these roots; throws NotSupported otherwise.
 */
export function guardResponse(
  command: GuardedCommand,
  call: AdminCall,
  roots: readonly string[],
  inspect: (text: string) => void = () => undefined,
): void {
  // A stack is generic over its operation; this middleware suits any, as a client's does.
  const stack = command.middlewareStack as S3Client["middlewareStack"];
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response: unknown = result.response;
      if (!isResponse(response) || response.statusCode >= 300) return result;
      const bytes = await collect(response.body, call);
      response.body = bytes;
      const text = bytes.toString("utf8");
      if (!roots.includes(rootElement(text) ?? "")) throw foreignAnswer(call, response.statusCode);
      inspect(text);
      return result;
    },
    { step: "deserialize", name: "guardResponse", priority: "low" },
  );
}

interface ResponseShape {
  readonly statusCode: number;
  body: unknown;
}

function isResponse(value: unknown): value is ResponseShape {
  return typeof value === "object" && value !== null && "statusCode" in value;
}

async function collect(body: unknown, call: AdminCall): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  let total = 0;
  // Node's handler gives a stream; its type is as wide as all runtimes.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    total += chunk.length;
    if (total > adminLimits.documentBytes) {
      const message = `${call.operation}: the answer has over ${adminLimits.documentBytes} bytes.`;
      throw new StorageError("NotSupported", message, { ...call });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
