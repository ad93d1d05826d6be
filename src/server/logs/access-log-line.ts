import { uriEncode } from "../../protocol/query.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import type { HttpExchange } from "../http-exchange.ts";
import type { RequestTrace } from "../request-trace.ts";
import { restOperation } from "./rest-operation.ts";
import { signatureOf } from "./signature-of.ts";
import { tlsOf } from "./tls-of.ts";

/**
 * A request of S3 in the format of its server access logs, fields in order, without the line's end.
 * Source: S3 User Guide, "Amazon S3 server access log format".
 */
export function accessLogLine(trace: RequestTrace, exchange: HttpExchange): string {
  const { bucketRecord, caller, response, answeredAt } = trace;
  const { head, bytesOut } = exchange;
  const ended = performance.now();
  const owner = bucketRecord && canonicalId(bucketRecord.ownerAccountId);
  const { protocol, cipherSuite } = tlsOf(exchange);
  const signature = signatureOf(trace);
  const { method, target, version } = head;
  return [
    ...plain(owner, trace.bucket),
    `[${clfTime(trace.time)}]`,
    ...plain(
      trace.address,
      caller?.kind === "anonymous" ? undefined : caller?.arn,
      trace.requestId,
      restOperation(trace.operation, method),
      uriEncode(trace.key, { keepSlash: true }),
    ),
    quoted(`${method} ${withoutSecrets(target)} HTTP/${version}`),
    ...plain(
      response?.status,
      trace.error?.code,
      bytesOut,
      objectBytes(trace, exchange),
      Math.round(ended - trace.startedAt),
      Math.round((answeredAt ?? ended) - trace.startedAt),
    ),
    quoted(exchange.headers.get("referer")),
    quoted(trace.userAgent),
    ...plain(
      versionOf(trace),
      trace.hostId,
      signature?.version,
      cipherSuite,
      signature?.method,
      exchange.headers.get("host"),
      protocol,
      undefined,
      undefined,
    ),
  ].join(" ");
}

type Field = string | number | undefined;

/** Without quotes: nothing of a client's can hold a space, end the line or look like another field. */
function plain(...fields: readonly Field[]): readonly string[] {
  return fields.map((field) => (isNothing(field) ? "-" : escaped(String(field), unfitPlain)));
}

function isNothing(field: Field): boolean {
  return field === undefined || field === "" || field === 0;
}

// eslint-disable-next-line no-control-regex -- control characters are what is replaced
const unfitPlain = /[\s"[\]\u0000-\u001f\u007f]/g;
// eslint-disable-next-line no-control-regex -- as above
const unfitQuoted = /["\\\u0000-\u001f\u007f]/g;

function escaped(text: string, unfit: RegExp): string {
  return text.replaceAll(unfit, (char) => encodeURIComponent(char));
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `06/Feb/2019:00:00:38 +0000` */
function clfTime(time: Date): string {
  const text = time.toISOString();
  return `${text.slice(8, 10)}/${months[time.getUTCMonth()]}/${text.slice(0, 4)}:${text.slice(11, 19)} +0000`;
}

/** Nothing of a client's can end the field or the line. */
function quoted(text: string | undefined): string {
  if (text === undefined || text === "") return '"-"';
  return `"${escaped(text, unfitQuoted)}"`;
}

const secretNames: ReadonlySet<string> = new Set([
  "signature",
  "x-amz-signature",
  "x-amz-security-token",
]);

/** What signs a link would let whoever reads the log use it, however its name is written. */
function withoutSecrets(url: string): string {
  return url.replaceAll(/([?&])([^=&]*)=[^&]*/g, (whole, mark: string, name: string) =>
    secretNames.has(plainName(name)) ? `${mark}${name}=REDACTED` : whole,
  );
}

function plainName(name: string): string {
  const decoded = name.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decoded.toLowerCase();
}

/** Of what was put, or of the object that was asked for, whole. */
function objectBytes({ operation, response }: RequestTrace, { bytesIn }: HttpExchange) {
  if (operation === "PutObject" || operation === "UploadPart") return bytesIn;
  if (operation !== "GetObject" && operation !== "HeadObject") return undefined;
  if (response === undefined || response.status >= 400) return undefined;
  const whole = /\/(\d+)$/.exec(response.headers?.["content-range"] ?? "")?.[1];
  return whole ?? response.headers?.["content-length"];
}

function versionOf({ response, understood }: RequestTrace): string | undefined {
  return response?.headers?.["x-amz-version-id"] ?? understood?.target.query.get("versionId");
}
