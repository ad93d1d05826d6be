import { s3Limits } from "../../core/limits.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { PresignedForm, PresignFormRequest } from "../../core/presigned-url.ts";
import { metadataPrefix } from "../../protocol/headers/metadata-text.ts";
import { signPolicy } from "../../protocol/sigv4/sign-policy.ts";
import { linkSigner, realEnd } from "./presign.ts";
import { requireAbility, type StoreContext } from "./store-context.ts";

const operation = "PresignForm";

/** What browsers put in place of the name of the file that was chosen. */
const fileName = "${filename}";

/** Signs the policy of a form without asking the store. It dies with the credentials that signed it. */
export async function presignForm(
  store: StoreContext,
  request: PresignFormRequest,
): Promise<PresignedForm> {
  const { key, anyName = false, contentType, metadata = {} } = request;
  requireAbility(store, "formUploads", { operation, key, name: "uploads by forms" });
  if (!anyName || key !== "") assertObjectKey(key, operation);
  const { credentials, now, end, region } = await linkSigner(store, operation, request);
  const fields: Record<string, string> = {
    key: anyName ? key + fileName : key,
    success_action_status: "201",
    ...(contentType !== undefined && { "content-type": contentType }),
  };
  for (const [name, value] of Object.entries(metadata)) fields[metadataPrefix + name] = value;
  const { key: _, ...fixed } = fields;
  const { minBytes = 0, maxBytes = s3Limits.singlePutBytes } = request;
  const conditions = [
    { bucket: store.bucket },
    anyName ? ["starts-with", "$key", key] : { key },
    ...Object.entries(fixed).map(([name, value]) => ({ [name]: value })),
    ["content-length-range", minBytes, maxBytes],
  ];
  const { endpoint } = store.state;
  const signed = signPolicy({ expiration: end, conditions }, { credentials, region, now });
  return {
    url: `${endpoint.secure ? "https" : "http"}://${endpoint.host}${endpoint.keyBase}`,
    fields: { ...fields, ...signed },
    ...realEnd(end, credentials),
  };
}
