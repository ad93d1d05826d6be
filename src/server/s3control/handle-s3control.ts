import { decideAccess } from "../../policy/decide-access.ts";
import type { ContextLookup } from "../../policy/request.ts";
import { publicAccessBlock } from "../../protocol/documents/public-access-block.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { element, renderXml } from "../../protocol/xml/render.ts";
import type { AuthenticatedCaller, Caller } from "../caller.ts";
import type { S3Response } from "../operation.ts";
import { refusedBy } from "../refusals.ts";
import type { AccountBlocks } from "./account-blocks.ts";

/** Before the path of every call. */
const version = "/v20180820/";

export interface S3ControlRequest {
  readonly method: string;
  readonly rawPath: string;
  /** `x-amz-account-id` */
  readonly accountId: string | undefined;
  readonly body: Buffer;
  readonly caller: Caller;
  readonly requestId: string;
  readonly hostId: string;
  readonly blocks: AccountBlocks;
  readonly lookup: ContextLookup;
  /** Hears of what the call is refused for. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Calls about an account carry its number in a header that S3's own never have, whether the host names it
 * too or not. Source: S3 API reference, "AWS S3 Control".
 */
export function isS3Control(rawPath: string, accountId: string | undefined): boolean {
  return accountId !== undefined && rawPath.startsWith(version);
}

/** S3 Control beside S3 on one port: what holds for all buckets of an account. Never throws. */
export async function handleS3Control(request: S3ControlRequest): Promise<S3Response> {
  const { requestId, hostId } = request;
  try {
    if (request.rawPath !== `${version}configuration/publicAccessBlock`) {
      throw new S3Error("NotImplemented", {
        message: "Of S3 Control this server has the account's public access block alone.",
      });
    }
    return await servePublicAccessBlock(request);
  } catch (error) {
    request.onError?.(error);
    return renderS3ControlError(error, requestId, hostId);
  }
}

async function servePublicAccessBlock(request: S3ControlRequest): Promise<S3Response> {
  const { accountId = "", method, blocks, body } = request;
  switch (method) {
    case "GET": {
      judge(request, "s3:GetAccountPublicAccessBlock");
      const block = blocks.of(accountId);
      if (block === undefined) {
        throw new S3Error("NoSuchPublicAccessBlockConfiguration", {
          extra: { AccountId: accountId },
        });
      }
      const document = publicAccessBlock.render(block);
      return respond(200, typeof document === "string" ? document : renderXml(document));
    }
    case "PUT":
      judge(request, "s3:PutAccountPublicAccessBlock");
      await blocks.put(
        accountId,
        publicAccessBlock.parse(body, () => undefined),
      );
      return { status: 200 };
    case "DELETE":
      judge(request, "s3:PutAccountPublicAccessBlock");
      await blocks.remove(accountId);
      return { status: 204 };
    default:
      throw new S3Error("MethodNotAllowed");
  }
}

function judge({ caller, accountId, lookup }: S3ControlRequest, action: string): void {
  const own = caller.kind !== "anonymous" && caller.accountId === accountId ? caller : undefined;
  if (own === undefined) throw new S3Error("AccessDenied");
  const decision = decideAccess({
    request: { principal: own, action, resource: "*", context: lookup },
    resourcePolicy: undefined,
    caller: (own satisfies AuthenticatedCaller).layers,
    sameAccount: true,
  });
  if (decision.outcome !== "allowed") {
    throw refusedBy(new S3Error("AccessDenied", { message: decision.message }), decision);
  }
}

/** Any error on the way, in S3 Control's form; what is not an S3Error is a fault of the server. */
export function renderS3ControlError(
  error: unknown,
  requestId: string,
  hostId: string,
): S3Response {
  const known = error instanceof S3Error ? error : new S3Error("InternalError");
  const details = Object.entries(known.extra).map(([name, value]) => element(name, value));
  const body = renderXml(
    element(
      "ErrorResponse",
      element("Error", element("Code", known.code), element("Message", known.message), details),
      element("RequestId", requestId),
      element("HostId", hostId),
    ),
  );
  return respond(known.status, body);
}

function respond(status: number, body: string): S3Response {
  return { status, headers: { "content-type": "application/xml" }, body };
}
