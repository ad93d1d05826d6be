import { createHmac } from "node:crypto";
import type { Credentials } from "../../core/credentials.ts";
import { formatAmzDate } from "../../protocol/sigv4/amz-date.ts";
import { signingKey, signString } from "../../protocol/sigv4/signing-key.ts";
import { keys } from "./test-server.ts";

export type Fields = Readonly<Record<string, string>>;

export interface FormWish {
  readonly bucket: string;
  readonly fields: Fields;
  /** On top of one that names each field as it is. */
  readonly conditions?: readonly unknown[];
  readonly expiresAt?: Date;
  readonly credentials?: Credentials;
  readonly version?: 2 | 4;
  readonly region?: string;
  /** When it is signed. Default: now. */
  readonly now?: Date;
}

/** The fields of a form whose policy allows just them, as a web application makes them. */
export function signedFields(wish: FormWish): Record<string, string> {
  const { bucket, fields, conditions = [], version = 4 } = wish;
  const credentials: Credentials = wish.credentials ?? keys.admin;
  const { accessKeyId, sessionToken } = credentials;
  const { now = new Date() } = wish;
  const date = formatAmzDate(now).slice(0, 8);
  const region = wish.region ?? "us-east-1";
  const own: Record<string, string> = {
    ...(version === 4 && {
      "x-amz-algorithm": "AWS4-HMAC-SHA256",
      "x-amz-credential": `${accessKeyId}/${date}/${region}/s3/aws4_request`,
      "x-amz-date": formatAmzDate(now),
    }),
    ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
  };
  const policy = encodePolicy({
    expiration: (wish.expiresAt ?? new Date(now.getTime() + 60_000)).toISOString(),
    conditions: [
      { bucket },
      ...Object.entries({ ...fields, ...own })
        .filter(([name]) => !name.startsWith("x-ignore-"))
        .map(([name, value]) => [
          value.includes("${filename}") ? "starts-with" : "eq",
          `$${name}`,
          value.replace("${filename}", ""),
        ]),
      ...conditions,
    ],
  });
  return { ...fields, ...own, ...signature(policy, { credentials, version, date, region }) };
}

export function encodePolicy(document: unknown): string {
  return Buffer.from(JSON.stringify(document)).toString("base64");
}

/** The policy and the signature over it. */
function signature(
  policy: string,
  how: {
    readonly credentials: Credentials;
    readonly version: 2 | 4;
    readonly date: string;
    readonly region: string;
  },
): Record<string, string> {
  const { credentials, version, date, region } = how;
  const { accessKeyId, secretAccessKey } = credentials;
  if (version === 2) {
    const signed = createHmac("sha1", secretAccessKey).update(policy).digest("base64");
    return { policy, AWSAccessKeyId: accessKeyId, signature: signed };
  }
  const key = signingKey({ secretAccessKey, date, region, service: "s3" });
  return { policy, "x-amz-signature": signString(key, policy) };
}

export const boundary = "----form";
export const formType = `multipart/form-data; boundary=${boundary}`;

export interface FormFile {
  readonly bytes: string | Uint8Array;
  readonly name?: string | undefined;
}

/** A form as a browser sends it, its file last. `undefined`: without one. */
export function formBody(
  fields: Fields,
  file: FormFile | undefined = { bytes: "content", name: "a.txt" },
): Buffer {
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const fileName = file?.name === undefined ? "" : `; filename="${file.name}"`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"${fileName}\r\n`;
  const sent =
    file === undefined
      ? []
      : [Buffer.from(`${head}Content-Type: text/plain\r\n\r\n`), Buffer.from(file.bytes)];
  const end = file === undefined ? `--${boundary}--\r\n` : `\r\n--${boundary}--\r\n`;
  return Buffer.concat([Buffer.from(parts.join("")), ...sent, Buffer.from(end)]);
}
