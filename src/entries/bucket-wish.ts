import { checkArgument, isPlainObject, ownOptions } from "../core/check-options.ts";
import { isStorageError, StorageError } from "../core/errors.ts";
import { restateError } from "../core/restate-error.ts";
import type { Settings } from "../settings/settings.ts";
import { requireBucket, storeSettings } from "../settings/store-settings.ts";
import type { DesiredState, DesiredStateInput } from "../setup/desired-state.ts";

/**
 * What a bucket shall be, as in `sms-storage.yaml`. What is left out is the set-up guide's: private,
 * encrypted, versioned, TLS alone, test files that go. `"unmanaged"` leaves a setting as it is found,
 * `"reset"` puts it back to what S3 has when nobody says anything.
 */
export interface BucketWish extends Partial<
  Omit<
    DesiredStateInput,
    "bucket" | "region" | "endpointUrl" | "backend" | "ownerAccountId" | "envFile"
  >
> {
  /** Default: that of the settings. */
  readonly bucket?: string;
}

interface WishPlace {
  readonly owner: string | undefined;
  readonly envFile: string | undefined;
}

/**
 * Makes a desired state, with all defaults, of a wish once the owner is known. Throws InvalidArgument for a
 * wish that cannot be meant, before anything is asked of a store.
 */
export async function readWish(
  operation: string,
  given: BucketWish,
  settings: Settings,
): Promise<(place: WishPlace) => DesiredState> {
  const wish = ownOptions(given);
  checkArgument(operation, "the wish", wish, (value) =>
    isPlainObject(value) ? undefined : "an object such as { bucket }",
  );
  const store = storeSettings(settings);
  const bucket = wish.bucket ?? requireBucket(store);
  const { parseDesiredFile } = await import("../setup/parse-desired-file.ts");
  const { desiredInputOf } = await import("../setup/desired-file.ts");
  const { createDesiredState } = await import("../setup/desired-state.ts");
  const document = JSON.stringify({ ...wish, version: 1, bucket });
  const input = inItsWords(operation, () => parseDesiredFile(document, "the wish").wish);
  const desired = ({ owner, envFile }: WishPlace): DesiredState =>
    createDesiredState({
      ...desiredInputOf(input, store.region),
      region: store.region,
      endpointUrl: store.endpointUrl,
      backend: settings.storageBackend,
      ownerAccountId: owner,
      ...(envFile === undefined && { envFile: "unmanaged" as const }),
    });
  desired({ owner: undefined, envFile: undefined });
  return desired;
}

/** What is wrong in a file is a fault of the configuration; here it is one of the caller. */
function inItsWords<T>(operation: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!isStorageError(error, "ConfigurationError")) throw error;
    const message = error.message.replaceAll(/the wish:\d+:\d+: /g, "");
    throw restateError(error, {
      code: "InvalidArgument",
      message: `${operation}: ${message}`,
      operation,
      remedy: "docs/setup.md and docs/sms-storage.schema.json say what a wish can hold.",
    });
  }
}

/** Throws InvalidArgument where a plan writes a `.env` and none was named. */
export function assertEnvFile(plan: { readonly desired: DesiredState }, envFile?: string): void {
  if (envFile !== undefined || plan.desired.envFile === "unmanaged") return;
  throw new StorageError("InvalidArgument", "apply: the plan writes a .env, and none is named.", {
    operation: "apply",
    remedy: "Give the option envFile that the plan was made with.",
  });
}
