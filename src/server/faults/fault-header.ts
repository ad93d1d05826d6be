import { S3Error } from "../../protocol/s3-error.ts";
import { sameText } from "../../protocol/same-text.ts";
import { administratorAccess } from "../../policy/administrator-access.ts";
import { isStorageError } from "../../core/errors.ts";
import type { ServerContext } from "../server-context.ts";
import { isFromThisMachine } from "../client-origin.ts";
import type { UnderstoodRequest } from "../understand-request.ts";
import { faultNames, kindOf } from "./fault-kinds.ts";
import type { FaultRule } from "./fault-rule.ts";
import { parseFaultRule } from "./parse-fault-rules.ts";

/** Not `x-amz-`: such headers would have to be signed. */
const faultHeader = "x-sms-fault";
const keyHeader = "x-sms-fault-key";

/**
 * The fault that a request asks for by itself: `x-sms-fault: latency; ms=200`, with the key of an
 * administrator in `x-sms-fault-key: ACCESS_KEY_ID:SECRET`. Throws S3Error AccessDenied without that key
 * or where others could read it, InvalidArgument for a fault that there is not.
 */
export function requestedFault(
  { headers, origin, operation, service }: UnderstoodRequest,
  context: ServerContext,
): FaultRule | undefined {
  const text = headers.get(faultHeader);
  if (text === undefined) return undefined;
  if (!origin.secure && !isFromThisMachine(origin)) {
    throw new S3Error("AccessDenied", {
      message: `${keyHeader} is taken over TLS or from this machine only.`,
    });
  }
  if (!isAdministrator(headers.get(keyHeader) ?? "", context)) {
    throw new S3Error("AccessDenied", {
      message: `${faultHeader} needs ${keyHeader}: ACCESS_KEY_ID:SECRET of an administrator.`,
    });
  }
  const name = service ?? operation?.name;
  return parseHeader(text, name);
}

function isAdministrator(text: string, { keyRing, now }: ServerContext): boolean {
  const [, accessKeyId = "", secret = ""] = /^([^:]+):(.+)$/.exec(text) ?? [];
  const identity = keyRing.find({ accessKeyId }, now());
  if (identity === undefined || identity.expired || identity.sessionToken !== undefined)
    return false;
  const mayAll = identity.caller.layers.identity.some(
    ({ name }) => name === administratorAccess.name,
  );
  return mayAll && sameText(secret, identity.secretAccessKey);
}

const texts: ReadonlySet<string> = new Set(
  faultNames.flatMap((name) => Object.keys(kindOf(name).texts ?? {})),
);

function parseHeader(text: string, operation: string | undefined): FaultRule {
  const [fault = "", ...parameters] = text.split(";").map((part) => part.trim());
  const values = parameters.map((part) => {
    const [name = "", value = ""] = part.split("=");
    const isText = texts.has(name.trim());
    return [name.trim(), isText ? value.trim() : Number(value)] as const;
  });
  try {
    return parseFaultRule(
      {
        fault,
        ...Object.fromEntries(values),
        ...(operation !== undefined && { operations: [operation] }),
      },
      faultHeader,
    );
  } catch (cause) {
    if (!isStorageError(cause)) throw cause;
    const { message, remedy = "" } = cause;
    throw new S3Error("InvalidArgument", { message: `${message} ${remedy}`.trim(), cause });
  }
}
