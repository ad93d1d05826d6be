import { StorageError } from "../core/errors.ts";
import { asFolder } from "../core/object-key.ts";
import { inScope } from "../transfer/operation-scope.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import { unlessAborted } from "../transfer/unless-aborted.ts";
import type { SignedForm, SignedFormOptions, SignedUrl, SignedUrlOptions } from "./link-types.ts";

const answerHeaders = {
  contentType: "response-content-type",
  contentDisposition: "response-content-disposition",
  contentEncoding: "response-content-encoding",
  contentLanguage: "response-content-language",
  cacheControl: "response-cache-control",
  expires: "response-expires",
} as const;

export async function signedUrl(
  { store }: TransferContext,
  key: string,
  options: SignedUrlOptions = {},
): Promise<SignedUrl> {
  const { method = "GET", expiresInSeconds, versionId, contentType, answer = {} } = options;
  assertFits(method, options);
  const given = Object.entries(answer).filter(([, value]) => value !== undefined);
  const query = Object.fromEntries(
    given.map(([name, value]) => [answerHeaders[name as keyof typeof answerHeaders], value]),
  );
  return inScope("signedUrl", options, async ({ signal }) => {
    const link = store.presign({
      method,
      key,
      query,
      ...(expiresInSeconds !== undefined && { expiresInSeconds }),
      ...(versionId !== undefined && { versionId }),
      ...(contentType !== undefined && { contentType }),
    });
    const headers = contentType === undefined ? {} : { "content-type": contentType };
    return { ...(await unlessAborted("signedUrl", link, signal)), method, headers };
  });
}

/** What the link's method does not have would be signed, and never have an effect. */
function assertFits(method: SignedUrl["method"], options: SignedUrlOptions): void {
  const fits = {
    versionId: method !== "PUT",
    contentType: method === "PUT",
    answer: method === "GET" || method === "HEAD",
  };
  for (const [name, isOne] of Object.entries(fits)) {
    if (isOne || options[name as keyof typeof fits] === undefined) continue;
    const message = `signedUrl: the option ${name} has no effect on a link for ${method}.`;
    throw new StorageError("InvalidArgument", message, {
      operation: "signedUrl",
      remedy: "Leave it out, or choose another method.",
    });
  }
}

export async function signedForm(
  { store }: TransferContext,
  key: string,
  options: SignedFormOptions = {},
): Promise<SignedForm> {
  const { signal: _signal, timeoutMs: _timeout, anyName = false, ...wishes } = options;
  const place = anyName && key !== "" ? asFolder(key) : key;
  return inScope("signedForm", options, async ({ signal }) => {
    const form = store.presignForm({ ...wishes, anyName, key: place });
    return unlessAborted("signedForm", form, signal);
  });
}
