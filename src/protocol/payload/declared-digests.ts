import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  parseChecksumAlgorithm,
} from "../../core/checksum.ts";
import { digestBytes } from "../checksums/checksum.ts";
import { S3Error } from "../s3-error.ts";

/** What the client says its bytes hash to. */
export interface DeclaredDigests {
  /** Content-MD5, base64 of 16 bytes. */
  readonly md5: string | undefined;
  readonly checksum: DeclaredChecksum | undefined;
}

interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; undefined while it is still to come as a trailer. */
  readonly value: string | undefined;
}

/** The part of a request that is read here. */
export interface HeaderSource {
  header(name: string): string | undefined;
  headersStarting(prefix: string): ReadonlyMap<string, string>;
}

/** `x-amz-checksum-` headers that carry no digest. */
const checksumSettings = new Set([
  "x-amz-checksum-algorithm",
  "x-amz-checksum-mode",
  "x-amz-checksum-type",
]);

/**
 * Throws S3Error InvalidDigest for a malformed Content-MD5 and InvalidRequest for checksum headers
 * that are malformed, unknown, doubled or at odds with `x-amz-sdk-checksum-algorithm`.
 */
export function readDeclaredDigests(request: HeaderSource): DeclaredDigests {
  const md5 = request.header("content-md5");
  if (md5 !== undefined && !isBase64Of(md5, 16)) {
    throw new S3Error("InvalidDigest", { extra: { "Content-MD5": md5 } });
  }
  const checksum = headerChecksum(request) ?? trailerChecksum(request);
  assertSdkAlgorithm(request, checksum);
  return { md5, checksum };
}

function headerChecksum(request: HeaderSource): DeclaredChecksum | undefined {
  const given = [...request.headersStarting("x-amz-checksum-")].filter(
    ([name]) => !checksumSettings.has(name),
  );
  if (given.length > 1) {
    throw new S3Error("InvalidRequest", {
      message:
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    });
  }
  const [first] = given;
  if (first === undefined) return undefined;
  const [name, value] = first;
  const algorithm = checksumAlgorithms.find((each) => checksumHeader(each) === name);
  if (algorithm === undefined) {
    throw new S3Error("InvalidRequest", {
      message: "The algorithm type you specified in x-amz-checksum- header is invalid.",
    });
  }
  if (!isChecksumValue(algorithm, value)) {
    throw new S3Error("InvalidRequest", { message: `Value for ${name} header is invalid.` });
  }
  if (request.header("x-amz-trailer") !== undefined) {
    throw new S3Error("InvalidRequest", {
      message: "Expecting a single x-amz-checksum- header",
    });
  }
  return { algorithm, value };
}

function trailerChecksum(request: HeaderSource): DeclaredChecksum | undefined {
  const trailer = request.header("x-amz-trailer");
  if (trailer === undefined) return undefined;
  const name = trailer.trim().toLowerCase();
  const algorithm = checksumAlgorithms.find((each) => checksumHeader(each) === name);
  if (algorithm === undefined) {
    throw new S3Error("InvalidRequest", {
      message: "The value specified in the x-amz-trailer header is not supported",
    });
  }
  return { algorithm, value: undefined };
}

function assertSdkAlgorithm(request: HeaderSource, checksum: DeclaredChecksum | undefined): void {
  const text = request.header("x-amz-sdk-checksum-algorithm");
  if (text === undefined) return;
  const algorithm = parseChecksumAlgorithm(text);
  if (algorithm === undefined) throw unsupportedAlgorithm();
  if (checksum !== undefined && checksum.algorithm !== algorithm) {
    throw new S3Error("InvalidRequest", {
      message: "Value for x-amz-sdk-checksum-algorithm header is invalid.",
    });
  }
  // Content-MD5 alone satisfies the SDK's promise of a digest.
  if (checksum === undefined && request.header("content-md5") === undefined) {
    throw new S3Error("InvalidRequest", {
      message:
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or " +
        "x-amz-trailer headers were found.",
    });
  }
}

/** AWS's text of 2026-02 (recordings), of before it took SHA512 and MD5. */
export function unsupportedAlgorithm(): S3Error {
  return new S3Error("InvalidRequest", {
    message:
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: " +
      "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
  });
}

/** True for base64, padding included, of as many bytes as the algorithm's digest has. */
export function isChecksumValue(algorithm: ChecksumAlgorithm, value: string): boolean {
  return isBase64Of(value, digestBytes[algorithm]);
}

function isBase64Of(text: string, lengthBytes: number): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === lengthBytes && text.length === Math.ceil(lengthBytes / 3) * 4;
}
