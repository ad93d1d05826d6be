import { StorageError } from "../../core/errors.ts";
import { reencryptLimits } from "../../core/reencrypt-limits.ts";

/** The `manifest.json` of an S3 Inventory, as far as it is needed. */
export interface InventoryManifest {
  readonly sourceBucket: string;
  /** Where the data files are. */
  readonly destinationBucket: string;
  readonly columns: readonly string[];
  readonly files: readonly { readonly key: string; readonly md5: string | undefined }[];
}

/** Throws InvalidArgument for another document, or an inventory in another format than CSV. */
export function readInventoryManifest(text: string, name: string): InventoryManifest {
  const document = parse(text, name);
  const { sourceBucket, destinationBucket, fileFormat, fileSchema, files } = document;
  if (fileFormat !== "CSV" && typeof fileFormat === "string") {
    throw invalid(
      `${name} is an inventory in ${fileFormat}.`,
      "Have the inventory written as CSV, or leave --inventory out: objects are then listed.",
    );
  }
  const isWhole =
    typeof sourceBucket === "string" &&
    typeof destinationBucket === "string" &&
    typeof fileSchema === "string" &&
    Array.isArray(files);
  if (!isWhole) throw noManifest(name);
  if (files.length > reencryptLimits.inventoryFiles) {
    throw invalid(`${name} names more than ${reencryptLimits.inventoryFiles} files.`, oneByOne);
  }
  const columns = fileSchema.split(",").map((column) => column.trim());
  if (!columns.includes("Bucket") || !columns.includes("Key")) throw noManifest(name);
  return {
    sourceBucket,
    destinationBucket: destinationBucket.replace(/^arn:[^:]*:s3:::/, ""),
    columns,
    files: (files as readonly unknown[]).map((file) => readFile(file, name)),
  };
}

const oneByOne = "Name its data files one after the other, as --inventory FILE.";

function readFile(file: unknown, name: string): InventoryManifest["files"][number] {
  if (typeof file !== "object" || file === null) throw noManifest(name);
  const { key, MD5checksum: md5 } = file as Readonly<Record<string, unknown>>;
  if (typeof key !== "string" || key === "") throw noManifest(name);
  return { key, md5: typeof md5 === "string" ? md5 : undefined };
}

function parse(text: string, name: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === "object" && document !== null) {
      return document as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Said below.
  }
  throw noManifest(name);
}

function noManifest(name: string): StorageError {
  return invalid(
    `${name} is no manifest of an S3 Inventory.`,
    "It is the manifest.json in the inventory's folder of a day, or name a data file (CSV) itself.",
  );
}

function invalid(message: string, remedy: string): StorageError {
  return new StorageError("InvalidArgument", message, { operation: "re-encrypt", remedy });
}
