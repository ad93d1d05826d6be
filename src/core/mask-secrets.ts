const mask = "********";

/** The whole value is a secret. */
const secretHeader = /security-token|customer-key|cookie|proxy-authorization/i;
/** Parameters of a link that prove something, as alternatives of a pattern. */
export const secretParameters =
  "X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|Signature|AWSAccessKeyId";
const secretParameter = new RegExp(`([?&](?:${secretParameters})=)[^&#]*`, "gi");

/** `AKIA********`; nothing of a short one, which would be shown whole. */
export function maskAccessKey(accessKeyId: string): string {
  return accessKeyId.length >= 8 ? accessKeyId.slice(0, 4) + mask : mask;
}

/** Headers that may be shown: no signature, no token, no key of an encryption. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (secretHeader.test(name)) shown[name] = mask;
    else if (name.toLowerCase() === "authorization") shown[name] = maskAuthorization(value);
    else shown[name] = value;
  }
  return shown;
}

/** A URL without what a presigned one proves itself by, and without a password. */
export function maskUrl(url: string): string {
  return url.replace(secretParameter, `$1${mask}`).replace(/^([a-z]+:\/\/)[^/?#]*@/i, `$1${mask}@`);
}

/** Scope and signed headers help to find faults; key and signature are hidden. */
function maskAuthorization(value: string): string {
  const parts =
    /^(AWS4-HMAC-SHA256 Credential=)([^/,\s]*)(\/[^,\s]*, ?SignedHeaders=[^,\s]*),/.exec(value);
  if (parts === null) return mask;
  const [, scheme = "", accessKeyId = "", signed = ""] = parts;
  return `${scheme}${maskAccessKey(accessKeyId)}${signed}, Signature=${mask}`;
}
