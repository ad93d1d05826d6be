import { gatherBytes } from "../../core/gather-bytes.ts";
import { serverLimits } from "../../core/limits.ts";
import type { RequestTarget } from "../../protocol/request-target.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { type ClientOrigin, isFromThisMachine } from "../client-origin.ts";
import type { HttpExchange } from "../http-exchange.ts";
import type { S3Response } from "../operation.ts";
import { readRawBody } from "../read-raw-body.ts";
import type { ServerContext } from "../server-context.ts";
import { handleSso, renderSsoError, type SsoRoute } from "./handle-sso.ts";

interface SsoExchange {
  readonly context: ServerContext;
  readonly exchange: HttpExchange;
  readonly target: RequestTarget;
  readonly origin: ClientOrigin;
  readonly requestId: string;
}

/** Reads a request to the portal and answers it. Never throws. */
export async function answerSso(
  route: SsoRoute,
  { context, exchange, target, origin, requestId }: SsoExchange,
): Promise<S3Response> {
  const { headers, head } = exchange;
  const { portal, identities, sessionTokens, randomBytes, virtualHostDomains } = context;
  const host = headers.get("host") ?? "";
  try {
    const body = await gatherBytes(readRawBody(exchange), serverLimits.formBytes);
    if (body === undefined) throw new S3Error("MaxMessageLengthExceeded");
    const call = {
      portal,
      identities,
      sessionTokens,
      randomBytes,
      now: context.now(),
      requestId,
      method: head.method,
      query: target.query,
      headers,
      body,
      endpoint: `${origin.secure ? "https" : "http"}://${host}`,
      address: origin.address ?? "",
      isLocal: isFromThisMachine(origin),
    };
    return await handleSso(route, call, { host, domains: virtualHostDomains });
  } catch (error) {
    return renderSsoError(route, error, requestId);
  }
}
