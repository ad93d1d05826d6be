import { readFileSync } from "node:fs";
import { StorageError } from "../core/errors.ts";
import type { StoreSettings } from "../settings/store-settings.ts";

export interface StoreTls {
  readonly ca?: Buffer;
  readonly rejectUnauthorized: boolean;
}

/** Reads the authority's file. Throws ConfigurationError when it cannot be read or is no PEM file. */
export function tlsOptions(store: Pick<StoreSettings, "caFile" | "verifySsl">): StoreTls {
  const { caFile, verifySsl: rejectUnauthorized } = store;
  if (caFile === undefined) return { rejectUnauthorized };
  const ca = readCaFile(caFile);
  if (!ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw new StorageError("ConfigurationError", `${caFile} holds no PEM certificate.`, {
      remedy: "Convert it: `openssl x509 -inform der -in FILE -out FILE.pem`.",
    });
  }
  return { ca, rejectUnauthorized };
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
