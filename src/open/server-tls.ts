import { randomBytes, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { makeFolder } from "../disk/make-folder.ts";
import { replaceFile } from "../disk/replace-file.ts";
import { StorageError } from "../core/errors.ts";
import { serverLimits } from "../core/limits.ts";

/** Where a server's certificate comes from: files, or one that is made and kept with the data. */
export type ServerTlsWish =
  | { readonly certFile: string; readonly keyFile: string }
  | { readonly selfSigned: true };

export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  /** The authority that a client has to trust, where it is made here. */
  readonly caFile?: string;
}

/** Throws StorageError ConfigurationError for files that cannot be read or do not fit together. */
export async function loadServerTls(
  wish: ServerTlsWish,
  directory: string,
  host: string,
): Promise<ServerTls> {
  const tls = "selfSigned" in wish ? await selfSigned(directory, host) : await fromFiles(wish);
  try {
    createSecureContext({ cert: tls.cert, key: tls.key });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError("ConfigurationError", `The TLS certificate cannot be used: ${reason}`, {
      remedy: "Give a PEM certificate, its chain behind it, and the key that belongs to it.",
      cause,
    });
  }
  return tls;
}

async function fromFiles(wish: {
  readonly certFile: string;
  readonly keyFile: string;
}): Promise<ServerTls> {
  const [cert, key] = await Promise.all([
    readPem(wish.certFile, "--tls-cert"),
    readPem(wish.keyFile, "--tls-key"),
  ]);
  return { cert, key };
}

async function readPem(file: string, flag: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError("ConfigurationError", `The file of ${flag} cannot be read: ${reason}`, {
      remedy: `Name a PEM file with ${flag} that you may read.`,
      cause,
    });
  }
}

/** Kept until it is about to end or the server is called by another name. */
async function selfSigned(directory: string, host: string): Promise<ServerTls> {
  const folder = join(directory, "tls");
  const caFile = join(folder, "ca.pem");
  const keptFile = join(folder, "server.pem");
  const names = namesOf(host);
  const kept = await readFile(keptFile, "utf8").catch(() => undefined);
  const authority = await readFile(caFile, "utf8").catch(() => undefined);
  if (kept !== undefined && authority !== undefined && isGood(kept, authority, names)) {
    return { cert: kept, key: kept, caFile };
  }
  const { makeCertificate } = await import("../server/tls/make-certificate.ts");
  const from = new Date();
  const until = new Date(from.getTime() + serverLimits.madeCertificateMs);
  const made = makeCertificate({ names, from, until, randomBytes });
  const text = made.certificate + made.key;
  makeFolder(folder, 0o700);
  await replaceFile(caFile, made.authority, { mode: 0o644 });
  await replaceFile(keptFile, text);
  return { cert: text, key: text, caFile };
}

/** Buckets are addressed as `bucket.s3.localhost` too. */
function namesOf(host: string): string[] {
  const names = ["localhost", "*.s3.localhost", "127.0.0.1", "::1", hostname()];
  if (host !== "" && host !== "0.0.0.0" && host !== "::") names.push(host);
  return [...new Set(names)].filter((name) => isIP(name) !== 0 || /^[\w.*-]+$/.test(name));
}

function isGood(text: string, authority: string, names: readonly string[]): boolean {
  try {
    const certificate = new X509Certificate(text);
    const left = Date.parse(certificate.validTo) - Date.now();
    return (
      left > serverLimits.madeCertificateRenewMs &&
      certificate.verify(new X509Certificate(authority).publicKey) &&
      names.every((name) =>
        isIP(name) === 0
          ? certificate.checkHost(name.replace("*", "any")) !== undefined
          : certificate.checkIP(name) !== undefined,
      )
    );
  } catch {
    return false;
  }
}
