import { trailLimits } from "../../core/trail-limits.ts";
import { parseXml, type XmlElement } from "../../protocol/xml/parse.ts";
import type { HttpExchange } from "../http-exchange.ts";
import { signatureOf } from "../logs/signature-of.ts";
import { tlsOf } from "../logs/tls-of.ts";
import type { ServerIdentity } from "../operation.ts";
import type { RequestTrace } from "../request-trace.ts";
import type { CallFacts, JsonObject, TrailResource } from "./call-facts.ts";
import { documentParameters, isHiddenParameter } from "./document-parameters.ts";
import { isDataOperation, isReadOnly, s3EventName } from "./s3-event-names.ts";

/**
 * What a call of S3 was. A DeleteObjects is told as a whole, and as one DeleteObject for each of its keys.
 * Source: S3 User Guide, "Amazon S3 CloudTrail events" and "Example: Amazon S3 log file entries".
 */
export function s3Calls(
  trace: RequestTrace,
  exchange: HttpExchange,
  server: ServerIdentity,
): readonly CallFacts[] {
  const { operation = "", bucketRecord, error } = trace;
  const eventName = s3EventName(operation);
  const category = isDataOperation(operation) ? "Data" : "Management";
  const readOnly = isReadOnly(eventName);
  const call: CallFacts = {
    eventSource: "s3.amazonaws.com",
    eventName,
    region: regionOf(trace, server),
    isGlobal: false,
    category,
    readOnly,
    requestParameters: { ...addressOf(trace), ...sentParameters(trace), ...documentOf(trace) },
    responseElements: readOnly ? null : answeredElements(trace),
    additionalEventData: additionalData(trace, exchange),
    resources: resourcesOf(trace, category, server),
    userAgent: `[${trace.userAgent ?? ""}]`,
    error,
    ownerAccountId: bucketRecord?.ownerAccountId,
  };
  return operation === "DeleteObjects" ? [call, ...deletedKeys(trace, call, server)] : [call];
}

function regionOf({ bucketRecord, understood }: RequestTrace, server: ServerIdentity): string {
  return bucketRecord?.region ?? understood?.claim?.region ?? server.region;
}

function addressOf({ bucket, key, understood }: RequestTrace): JsonObject {
  return {
    ...(bucket !== "" && { bucketName: bucket }),
    Host: understood?.headers.get("host") ?? "",
    ...(key !== "" && { key }),
  };
}

/** The query and the headers of S3's own, but for what signs the request or must stay secret. */
function sentParameters({ understood, view }: RequestTrace): JsonObject {
  const query = understood?.target.query.entries() ?? [];
  const headers = view?.headersStarting("x-amz-") ?? new Map<string, string>();
  // Of a name that is repeated the first counts, as it did for the call.
  return Object.fromEntries(
    [...query.toReversed(), ...headers].filter(([name]) => !isHiddenParameter(name)),
  );
}

/** Of management calls; that of DeleteObjects is told key by key. */
function documentOf({ operation = "", view }: RequestTrace): JsonObject {
  const document = view?.document;
  if (document === undefined || isDataOperation(operation)) return {};
  return documentParameters(document);
}

function answeredElements({ response, error }: RequestTrace): JsonObject | null {
  if (error !== undefined) return null;
  const shown = Object.entries(response?.headers ?? {}).filter(
    ([name]) => name.startsWith("x-amz-") && !name.startsWith("x-amz-checksum-"),
  );
  return shown.length === 0 ? null : Object.fromEntries(shown);
}

function additionalData(trace: RequestTrace, exchange: HttpExchange): JsonObject {
  const { hostId } = trace;
  const signature = signatureOf(trace);
  const applied = encryptionApplied(trace);
  const { cipherSuite } = tlsOf(exchange);
  return {
    ...(signature !== undefined && { SignatureVersion: signature.version }),
    ...(cipherSuite !== undefined && { CipherSuite: cipherSuite }),
    bytesTransferredIn: exchange.bytesIn,
    ...(signature !== undefined && { AuthenticationMethod: signature.method }),
    ...(applied !== undefined && { SSEApplied: applied }),
    "x-amz-id-2": hostId,
    bytesTransferredOut: exchange.bytesOut,
  };
}

/** Source: S3 User Guide, "Default encryption FAQ". */
function encryptionApplied({ response, view }: RequestTrace): string | undefined {
  const headers = response?.headers ?? {};
  if ("x-amz-server-side-encryption-customer-algorithm" in headers) return "SSE_C";
  const algorithm = headers["x-amz-server-side-encryption"];
  if (algorithm === undefined) return undefined;
  const kind = { AES256: "SSE_S3", "aws:kms": "SSE_KMS" }[algorithm] ?? "DSSE_KMS";
  const isAsked = view?.header("x-amz-server-side-encryption") !== undefined;
  return isAsked ? kind : `Default_${kind}`;
}

function resourcesOf(
  { bucket, key, bucketRecord }: RequestTrace,
  category: CallFacts["category"],
  { partition }: ServerIdentity,
): readonly TrailResource[] {
  if (bucket === "") return [];
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const owner = bucketRecord && { accountId: bucketRecord.ownerAccountId };
  const ofBucket = { ...owner, type: "AWS::S3::Bucket", ARN: bucketArn };
  if (category === "Management") return [ofBucket];
  const type = "AWS::S3::Object";
  const object =
    key === "" ? { type, ARNPrefix: `${bucketArn}/` } : { type, ARN: `${bucketArn}/${key}` };
  return [object, ofBucket];
}

/** As many as the request may name; what was refused as a whole deleted nothing. */
function deletedKeys(
  trace: RequestTrace,
  whole: CallFacts,
  server: ServerIdentity,
): readonly CallFacts[] {
  const { response, view } = trace;
  if (view?.document === undefined || response === undefined || response.status >= 400) return [];
  const keys = elementsOf(view.document, "Object").map((one) => textOf(one, "Key"));
  const errors = new Map(
    elementsOf(response.body, "Error").map((one) => [
      textOf(one, "Key"),
      { code: textOf(one, "Code"), message: textOf(one, "Message") },
    ]),
  );
  return keys.map((key) => ({
    ...whole,
    eventName: "DeleteObject",
    requestParameters: { ...addressOf({ ...trace, key }) },
    responseElements: null,
    resources: resourcesOf({ ...trace, key }, "Data", server),
    error: errors.get(key),
  }));
}

function elementsOf(document: unknown, name: string): readonly XmlElement[] {
  if (typeof document !== "string" && !(document instanceof Uint8Array)) return [];
  if (document.length > trailLimits.deleteBytes) return [];
  return parseXml(document).children.filter((one) => one.name === name);
}

function textOf(parent: XmlElement, name: string): string {
  return parent.children.find((one) => one.name === name)?.text ?? "";
}
