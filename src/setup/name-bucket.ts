import { StorageError } from "../core/errors.ts";

/** Source: S3 User Guide, "General purpose bucket naming rules". */
const maxNameLength = 63;

/**
 * A name of the account-regional namespace: nobody but this account can ever take it, and it is the
 * same every day. Throws InvalidArgument when the prefix is too long for the region.
 */
export function accountRegionalName(prefix: string, accountId: string, region: string): string {
  const suffix = `-${accountId}-${region}-an`;
  const room = maxNameLength - suffix.length;
  if (prefix.length > room || prefix === "") {
    throw new StorageError(
      "InvalidArgument",
      `The prefix ${JSON.stringify(prefix)} has ${prefix.length} characters; ${region} leaves room for 1 to ${room}.`,
      { operation: "setup", remedy: "Choose a shorter prefix." },
    );
  }
  return `${prefix}${suffix}`;
}

/** For stores and regions without that namespace: a random ending of ten characters. */
export function randomName(prefix: string, random: (count: number) => Uint8Array): string {
  return `${prefix}-${Buffer.from(random(5)).toString("hex")}`;
}
