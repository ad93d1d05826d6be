import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";

/**
 * Puts Content-MD5 on documents. AWS takes the SDK's CRC32 instead, but older stores ask for the
 * digest that S3 required until 2020; Ceph up to Quincy refuses lifecycle rules without it.
 */
export function addContentMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (isRequest(request) && isDocument(request.body)) {
        const digest = createHash("md5").update(request.body).digest("base64");
        request.headers["content-md5"] ??= digest;
      }
      return next(args);
    },
    { step: "build", name: "contentMd5", priority: "low" },
  );
}

interface HttpRequestShape {
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

function isRequest(value: unknown): value is HttpRequestShape {
  return typeof value === "object" && value !== null && "headers" in value;
}

function isDocument(body: unknown): body is string | Uint8Array {
  return (typeof body === "string" || body instanceof Uint8Array) && body.length > 0;
}
