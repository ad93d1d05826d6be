import { readFileSync } from "node:fs";
import { StorageError } from "../core/errors.ts";
import type { StoreSettings } from "../settings/store-settings.ts";

export interface StoreTls {
  readonly ca?: Buffer;
  readonly rejectUnauthorized: boolean;
}

/**
 * Reads the authority's file. To name authorities replaces those that Node adds to its own by itself, so that
 * they are named as well. `extraFile`: Node's own variable, which it reads once and warns of itself. Throws
 * ConfigurationError when the file cannot be read or is no PEM file.
 */
export function tlsOptions(
  store: Pick<StoreSettings, "caFile" | "verifySsl">,
  extraFile = process.env["NODE_EXTRA_CA_CERTS"],
): StoreTls {
  const { caFile, verifySsl: rejectUnauthorized } = store;
  if (caFile === undefined) return { rejectUnauthorized };
  const ca = readCaFile(caFile);
  if (!ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw new StorageError("ConfigurationError", `${caFile} holds no PEM certificate.`, {
      remedy: "Convert it: `openssl x509 -inform der -in FILE -out FILE.pem`.",
    });
  }
  if (extraFile === caFile) return { ca, rejectUnauthorized };
  return { ca: Buffer.concat([ca, Buffer.from("\n"), readIfAny(extraFile)]), rejectUnauthorized };
}

function readIfAny(path: string | undefined): Buffer {
  if (path === undefined || path === "") return Buffer.alloc(0);
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

function readCaFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("ConfigurationError", `The CA file cannot be read: ${reason}`, {
      cause: error,
      remedy: "Correct STORAGE_S3_CA_FILE, STORAGE_QUMULO_CA_FILE, AWS_CA_BUNDLE or --ca-file.",
    });
  }
}
