import type { Credentials } from "../../core/credentials.ts";
import { StorageError } from "../../core/errors.ts";
import { s3Limits } from "../../core/limits.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { LinkEnd, PresignedUrl, PresignRequest } from "../../core/presigned-url.ts";
import { uriEncode } from "../../protocol/query.ts";
import { presignRequest } from "../../protocol/sigv4/presign.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "Presign";
const defaultSeconds = 3600;

/** Signs a link without asking the store. It dies with the credentials that signed it. */
export async function presign(store: StoreContext, request: PresignRequest): Promise<PresignedUrl> {
  assertObjectKey(request.key, operation);
  const { credentials, now, end, region, expiresInSeconds } = await linkSigner(
    store,
    operation,
    request,
  );
  const { endpoint } = store.state;
  const rawPath = endpoint.keyBase + uriEncode(request.key, { keepSlash: true });
  const headers: Record<string, string> = { host: endpoint.host };
  if (request.contentType !== undefined) headers["content-type"] = request.contentType;
  const rawQuery = presignRequest(
    { method: request.method, rawPath, rawQuery: renderQuery(request), headers },
    {
      credentials,
      region,
      service: "s3",
      now,
      expiresInSeconds,
    },
  );
  return {
    url: `${endpoint.secure ? "https" : "http"}://${endpoint.host}${rawPath}?${rawQuery}`,
    ...realEnd(end, credentials),
  };
}

/** Who signs links, for which region, and until when they are asked for. */
interface LinkSigner {
  readonly credentials: Credentials;
  readonly region: string;
  readonly now: Date;
  readonly end: Date;
  readonly expiresInSeconds: number;
}

/** Throws InvalidArgument for an end that no link can have, Unauthenticated without credentials. */
export async function linkSigner(
  store: StoreContext,
  what: string,
  { key, expiresInSeconds = defaultSeconds }: { key: string; expiresInSeconds?: number },
): Promise<LinkSigner> {
  const context = { operation: what, bucket: store.bucket, key };
  store.sender.assertOpen(context);
  const isValid = Number.isInteger(expiresInSeconds) && expiresInSeconds >= 1;
  if (!isValid || expiresInSeconds > s3Limits.presignSeconds) {
    throw new StorageError(
      "InvalidArgument",
      `A link can hold 1 to ${s3Limits.presignSeconds} seconds (7 days), not ${expiresInSeconds}.`,
      context,
    );
  }
  const credentials = await store.state.credentials(false);
  if (credentials === undefined) {
    throw new StorageError("Unauthenticated", "A link needs credentials to sign it.", context);
  }
  const now = store.state.now();
  const end = new Date(now.getTime() + expiresInSeconds * 1000);
  const region = store.dialect.signingRegion.value ?? store.state.region;
  return { credentials, region, now, end, expiresInSeconds };
}

/** A link works no longer than the credentials that signed it. */
export function realEnd(asked: Date, credentials: Credentials): LinkEnd {
  const end = credentials.expiration;
  const isCut = end !== undefined && end < asked;
  return {
    expiresAt: isCut ? end : asked,
    limitedBy: isCut ? "credentials" : "requested",
    mayEndEarlier: credentials.sessionToken !== undefined && end === undefined,
  };
}

function renderQuery(request: PresignRequest): string {
  const entries = Object.entries(request.query ?? {});
  if (request.versionId !== undefined) entries.push(["versionId", request.versionId]);
  return entries.map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`).join("&");
}
