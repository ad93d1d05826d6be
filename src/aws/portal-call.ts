import type { IncomingMessage } from "node:http";
import { StorageError } from "../core/errors.ts";
import { gatherBytes } from "../core/gather-bytes.ts";
import { adminLimits } from "../core/limits.ts";
import { signInLimits } from "../core/sign-in-limits.ts";
import { networkError } from "./network-error.ts";
import type { SdkAgents } from "./sdk-connection.ts";

export interface PortalRequest {
  readonly url: string;
  readonly operation: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: Node's own. */
  readonly agents?: SdkAgents;
  readonly signal?: AbortSignal;
}

export interface PortalAnswer {
  readonly status: number;
  /** Such as `AuthorizationPendingException`; empty where all went well. */
  readonly code: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** One call of a portal, which nobody signs. Throws StorageError where there is no answer to read. */
export async function callPortal(request: PortalRequest): Promise<PortalAnswer> {
  const { answer, text } = await exchange(request);
  const values = valuesOf(text);
  const status = answer.statusCode ?? 0;
  if (status >= 300) return { status, code: codeOf(answer, values), values: values ?? {} };
  if (values === undefined) throw unread(request.operation, status);
  return { status, code: "", values };
}

async function exchange(
  request: PortalRequest,
): Promise<{ answer: IncomingMessage; text: string }> {
  try {
    const answer = await send(request);
    const bytes = await gatherBytes(answer, signInLimits.answerBytes);
    return { answer, text: bytes?.toString("utf8") ?? "" };
  } catch (error) {
    throw noAnswer(error, request);
  }
}

function noAnswer(error: unknown, { operation, signal }: PortalRequest): StorageError {
  if (signal?.aborted === true) {
    return new StorageError("Aborted", "The sign-in was stopped.", { operation, cause: error });
  }
  const lost = networkError(error, { operation });
  if (lost !== undefined) return lost;
  const reason = error instanceof Error ? error.message : String(error);
  return new StorageError("Unavailable", `The portal could not be asked: ${reason}`, {
    operation,
    cause: error,
    remedy: "See that sso_region, the endpoint and the proxy are right.",
  });
}

/** Node's HTTP loads when somebody signs in. */
async function send({
  url,
  body,
  headers,
  agents,
  signal,
}: PortalRequest): Promise<IncomingMessage> {
  const target = new URL(url);
  const isTls = target.protocol === "https:";
  const { request: open } = isTls ? await import("node:https") : await import("node:http");
  const text = body === undefined ? "" : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = open(target, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        ...headers,
      },
      timeout: adminLimits.requestTimeoutMs,
      agent: isTls ? agents?.httpsAgent : agents?.httpAgent,
      ...(signal !== undefined && { signal }),
    });
    request.once("response", resolve);
    request.once("error", reject);
    request.once("timeout", () => {
      request.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" }));
    });
    request.end(text);
  });
}

function valuesOf(text: string): PortalAnswer["values"] | undefined {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as PortalAnswer["values"])
      : undefined;
  } catch {
    return undefined;
  }
}

/** AWS names the error in a header, OAuth's servers in the document. */
function codeOf({ headers }: IncomingMessage, values: PortalAnswer["values"] = {}): string {
  const { "x-amzn-errortype": named = values["error"] } = headers;
  return typeof named === "string" ? (named.split(":")[0] ?? named) : "Unknown";
}

function unread(operation: string, status: number): StorageError {
  return new StorageError("Unknown", `What answered the sign-in is no portal (HTTP ${status}).`, {
    operation,
    status,
    remedy:
      "See that sso_region and the endpoint of sso_oidc are right, and that no proxy answers.",
  });
}
