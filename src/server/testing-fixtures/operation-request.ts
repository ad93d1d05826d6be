import { randomBytes } from "node:crypto";
import { administratorAccess } from "../../policy/administrator-access.ts";
import type { BucketRecord, Engine } from "../../engine/engine.ts";
import { QueryParameters } from "../../protocol/query.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { AuthenticatedCaller, Caller } from "../caller.ts";
import { IamDirectory } from "../iam/iam-directory.ts";
import { KeyStore } from "../kms/key-store.ts";
import type { OperationRequest, ReadDocumentOptions, S3Response } from "../operation.ts";

export const owner: AuthenticatedCaller = callerOf("123456789012");
export const stranger: AuthenticatedCaller = callerOf("999999999999");

function callerOf(accountId: string): AuthenticatedCaller {
  return {
    kind: "user",
    accountId,
    arn: `arn:aws:iam::${accountId}:user/u`,
    principalArn: `arn:aws:iam::${accountId}:user/u`,
    userId: "AIDAAAAAAAAAAAAAAAAA",
    accessKeyId: "AKIAAAAAAAAAAAAAAAAA",
    layers: { identity: [administratorAccess] },
  };
}

export interface RequestOptions {
  readonly bucket?: string;
  readonly key?: string;
  /** Without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly document?: string;
  readonly caller?: Caller;
  /** Default: the server's, us-east-1. */
  readonly endpointRegion?: string;
  readonly denied?: (action: string, key: string | undefined) => boolean;
}

/** A verified request as an operation sees it, without a socket. Its document counts as checked. */
export function operationRequest(engine: Engine, options: RequestOptions = {}): OperationRequest {
  const headers = new Map(Object.entries(options.headers ?? {}));
  const bucketName = options.bucket ?? "";
  const bucket = (): BucketRecord => {
    const found = engine.getBucket(bucketName);
    if (found === undefined) {
      throw new S3Error("NoSuchBucket", { extra: { BucketName: bucketName } });
    }
    return found;
  };
  const allows: OperationRequest["allows"] = (action, resource) =>
    options.denied?.(action, resource?.key) !== true;
  return {
    isConfidential: true,
    keys: new KeyStore(
      engine,
      () => new Date("2026-11-24T10:00:00Z"),
      new IamDirectory(engine, randomBytes),
    ),
    conditionValues: () => undefined,
    accountBlock: () => undefined,
    requestId: "REQUEST",
    now: new Date("2026-11-24T10:00:00Z"),
    engine,
    server: { region: "us-east-1", partition: "aws" },
    endpointRegion: options.endpointRegion ?? "us-east-1",
    caller: options.caller ?? owner,
    principals: {
      principalExists: () => true,
      idOfPrincipal: () => undefined,
      arnOfId: () => undefined,
    },
    bucketName,
    bucket,
    key: options.key ?? "",
    query: QueryParameters.parse(options.query ?? ""),
    header: (name) => headers.get(name),
    headersStarting: (prefix) => new Map([...headers].filter(([name]) => name.startsWith(prefix))),
    body: () => {
      throw new Error("These operations read documents only.");
    },
    readDocument: async (read: ReadDocumentOptions = {}) => {
      const bytes = Buffer.from(options.document ?? "");
      if (bytes.length === 0 && read.emptyAllowed !== true) {
        throw new S3Error("MissingRequestBodyError");
      }
      return bytes;
    },
    allows,
    denialOf: (action, resource) =>
      allows(action, resource) ? undefined : new S3Error("AccessDenied"),
    authorize: (action, resource) => {
      if (!allows(action, resource)) throw new S3Error("AccessDenied");
    },
    origin: "http://localhost:9000",
    randomBytes: (count) => Buffer.alloc(count, 7),
  };
}

export function bodyText(response: S3Response): string {
  const { body } = response;
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString("utf8");
  throw new Error("a text was expected");
}
