import type { S3Client } from "@aws-sdk/client-s3";
import { adminLimits } from "../core/limits.ts";
import { StorageError } from "../core/errors.ts";

interface ResponseShape {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  body: unknown;
}

export function isResponse(value: unknown): value is ResponseShape {
  return typeof value === "object" && value !== null && "statusCode" in value;
}

/** Bounds every answer of a client: the SDK itself reads for as long as a server sends. */
export function boundAnswers<Client extends { readonly middlewareStack: object }>(
  client: Client,
): Client {
  // Typed for one service's commands; it suits those of every service.
  (client.middlewareStack as S3Client["middlewareStack"]).add(
    (next, context) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (!isResponse(response)) return result;
      const operation = (context.commandName ?? "The call").replace(/Command$/, "");
      response.body = await readAnswerBody(response.body, { operation });
      return result;
    },
    { step: "deserialize", name: "boundAnswers", priority: "low" },
  );
  return client;
}

/** Throws NotSupported for more than `adminLimits.documentBytes`. */
export async function readAnswerBody(
  body: unknown,
  call: { readonly operation: string },
): Promise<Buffer> {
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
