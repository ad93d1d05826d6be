/** rclone's name for it, without `x-amz-meta-`. */
const modifiedName = "mtime";

const nanoseconds = 1_000_000_000n;

/**
 * The metadata that keeps a file's time of change: seconds since 1970 with up to nine decimals, as
 * rclone writes them (docs/content/s3.md, "Modification times and hashes").
 */
export function modifiedMetadata(modifiedNs: bigint): Readonly<Record<string, string>> {
  const sign = modifiedNs < 0n ? "-" : "";
  const size = modifiedNs < 0n ? -modifiedNs : modifiedNs;
  const fraction = String(size % nanoseconds).padStart(9, "0");
  const decimals = fraction.replace(/0+$/, "");
  const seconds = `${sign}${size / nanoseconds}`;
  return { [modifiedName]: decimals === "" ? seconds : `${seconds}.${decimals}` };
}

/** Seconds since 1970 by an object's metadata; undefined where it tells none or nothing sensible. */
export function readModifiedSeconds(
  metadata: Readonly<Record<string, string>>,
): number | undefined {
  const text = metadata[modifiedName] ?? "";
  return /^-?\d{1,12}(?:\.\d{1,18})?$/.test(text) ? Number(text) : undefined;
}
