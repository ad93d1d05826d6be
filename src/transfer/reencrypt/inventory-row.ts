import { StorageError } from "../../core/errors.ts";
import { reencryptLimits } from "../../core/reencrypt-limits.ts";
import { decodeInventoryKey } from "../selection/inventory-key.ts";
import { readCsvRow } from "./read-csv-row.ts";

/** What a row of an S3 Inventory says of an object; what its columns leave out is undefined. */
export interface InventoryRow {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly storageClass: string | undefined;
  /** `SSE-S3`, `SSE-KMS`, `DSSE-KMS`, `SSE-C`, `NOT-SSE`. */
  readonly encryption: string | undefined;
  /** With a retention or a legal hold. */
  readonly isLocked: boolean;
  /** Whether it is what a GET without a version answers. */
  readonly isCurrent: boolean;
}

/** Of a list without a manifest: S3's own order begins so. */
export const bareColumns = ["Bucket", "Key"] as const;

/** Throws InvalidArgument for what is no row of these columns, with its place. */
export function readInventoryRow(
  line: string,
  columns: readonly string[],
  place: { readonly name: string; readonly row: number },
): InventoryRow {
  const fields = readCsvRow(line, reencryptLimits.inventoryColumns);
  const isBare = columns === bareColumns;
  if (fields === undefined || (isBare ? fields.length < 2 : fields.length !== columns.length)) {
    throw unreadable(place, `is no row of ${columns.join(", ")}`);
  }
  // An empty field says nothing, as one that is not there.
  const field = (name: string): string | undefined =>
    fields[columns.indexOf(name)] === "" ? undefined : fields[columns.indexOf(name)];
  const sizeBytes = Number(field("Size") ?? 0);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw unreadable(place, "has no size");
  return {
    bucket: field("Bucket") ?? "",
    key: decodeKey(field("Key") ?? "", place),
    sizeBytes,
    storageClass: field("StorageClass"),
    encryption: field("EncryptionStatus"),
    isLocked:
      field("ObjectLockMode") !== undefined ||
      /^on$/i.test(field("ObjectLockLegalHoldStatus") ?? ""),
    isCurrent: field("IsLatest") !== "false" && field("IsDeleteMarker") !== "true",
  };
}

function decodeKey(text: string, place: { readonly name: string; readonly row: number }): string {
  const decoded = decodeInventoryKey(text);
  if (decoded !== undefined) return decoded;
  throw unreadable(place, "has a key that is not URL-encoded, as S3 Inventory writes it");
}

function unreadable(
  { name, row }: { readonly name: string; readonly row: number },
  what: string,
): StorageError {
  return new StorageError("InvalidArgument", `${name}: row ${row} ${what}.`, {
    remedy: "Name the manifest.json of an S3 Inventory in CSV, or a CSV with bucket and key first.",
  });
}
