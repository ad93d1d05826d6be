import { StorageError } from "../core/errors.ts";
import { adminError, readAnswer } from "./answer-error.ts";
import type { SdkConnection } from "./sdk-connection.ts";

/** A call of a service that a store other than AWS may lack. Throws StorageError only. */
export async function serviceCall<T>(
  connection: SdkConnection,
  about: { readonly operation: string; readonly bucket?: string },
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const mapped = adminError(error, about);
    const isRefusal = mapped.code === "PermissionDenied" || mapped.code === "Unauthenticated";
    const isAnswer = readAnswer(error) !== undefined;
    // A store without a service answers in many ways.
    if (!connection.isForeign || !isAnswer || isRefusal) throw mapped;
    throw new StorageError("NotSupported", `The store does not tell ${about.operation}.`, {
      ...about,
      cause: mapped,
    });
  }
}
