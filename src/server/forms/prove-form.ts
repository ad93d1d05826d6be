import { s3Limits } from "../../core/limits.ts";
import { type FormClaim, missingField, readFormClaim } from "../../protocol/forms/form-claim.ts";
import { type FormFields, judgeForm, type SizeRange } from "../../protocol/forms/post-policy.ts";
import { type PostForm, readForm } from "../../protocol/forms/read-form.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { unsupportedMechanism } from "../../protocol/sigv4/header-claim.ts";
import { authenticateForm } from "../authenticate.ts";
import type { HttpExchange } from "../http-exchange.ts";
import { readRawBody } from "../read-raw-body.ts";
import type { RequestTrace } from "../request-trace.ts";
import type { ServerContext } from "../server-context.ts";
import type { ProvenRequest } from "../server-request.ts";
import { formHeaders } from "./form-headers.ts";

/**
 * The request that a browser's form stands for: its caller is who signed its policy, its key, headers
 * and body are the form's. Only what stands before the file is read here, 20 KiB at most. Throws
 * S3Error. Source: S3 API reference, "POST Object" and "POST Policy"; recordings of AWS of 2026-02.
 */
export async function proveForm(
  asked: ProvenRequest,
  context: ServerContext,
  exchange: HttpExchange,
  trace: RequestTrace,
): Promise<ProvenRequest> {
  const { bucket, now, target } = asked;
  if (bucket === undefined) {
    throw new S3Error("NoSuchBucket", { extra: { BucketName: target.bucket } });
  }
  if (asked.claim !== undefined || asked.link !== undefined) {
    throw new S3Error("InvalidRequest", {
      message: "A form is signed by its fields. The request that carries it must not be signed.",
    });
  }
  const form = await readForm(asked.headers.get("content-type") ?? "", readRawBody(exchange));
  const fields = expanded(form);
  const key = fields.get("key");
  if (key === undefined) throw missingField("key");
  if (key === "") throw new S3Error("UserKeyMustBeSpecified");
  if (Buffer.byteLength(key, "utf8") > s3Limits.keyBytes) throw new S3Error("KeyTooLongError");
  trace.key = key;
  const claim = readFormClaim(fields);
  const proof = claim === undefined ? anonymous : proofOf(claim, context, now);
  trace.caller = proof.caller;
  const range =
    claim && judgeForm(claim.policy, new Map([...fields, ["bucket", bucket.name]]), now);
  return {
    ...asked,
    ...proof,
    target: { ...target, key },
    headers: formHeaders(exchange.headers, fields),
    file: sized(form, range, announcedBytes(exchange, form)),
  };
}

type Proof = Pick<ProvenRequest, "caller" | "claim" | "link">;

const anonymous: Proof = { caller: { kind: "anonymous" }, claim: undefined, link: undefined };

function proofOf(claim: FormClaim, { keyRing, sigV2Links }: ServerContext, now: Date): Proof {
  const { accessKeyId, signature, v4 } = claim;
  if (v4 === undefined && !sigV2Links) {
    throw new S3Error("InvalidRequest", { message: unsupportedMechanism });
  }
  const caller = authenticateForm(claim, keyRing, now);
  const link = v4 === undefined ? { accessKeyId, signature, expires: "" } : undefined;
  return { caller, claim: v4, link };
}

/** The file's own name, without its folders, stands for `${filename}` in every field. */
function expanded({ fields, fileName }: PostForm): FormFields {
  if (fileName === undefined) return fields;
  const name = fileName.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1);
  return new Map(
    [...fields].map(([field, value]) => [field, value.replaceAll("${filename}", () => name)]),
  );
}

/** How long the file is, if it stands last as it should; undefined: the request does not say. */
function announcedBytes({ headers }: HttpExchange, form: PostForm): number | undefined {
  const length = Number(headers.get("content-length") ?? Number.NaN);
  return Number.isSafeInteger(length) ? length - form.bytesAround : undefined;
}

/** Not a byte more than allowed is taken. */
async function* sized(
  { file }: PostForm,
  { min, max }: SizeRange = { min: 0, max: s3Limits.singlePutBytes },
  announced = 0,
): AsyncGenerator<Uint8Array, void, undefined> {
  const MaxSizeAllowed = Math.min(max, s3Limits.singlePutBytes);
  let bytes = 0;
  for await (const chunk of file) {
    bytes += chunk.length;
    if (bytes > MaxSizeAllowed) {
      const ProposedSize = String(Math.max(bytes, announced));
      const extra = { ProposedSize, MaxSizeAllowed: String(MaxSizeAllowed) };
      throw new S3Error("EntityTooLarge", { extra });
    }
    yield chunk;
  }
  if (bytes < min) {
    const extra = { ProposedSize: String(bytes), MinSizeAllowed: String(min) };
    throw new S3Error("EntityTooSmall", { extra });
  }
}
