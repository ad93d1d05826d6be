import { S3Error } from "./s3-error.ts";

// eslint-disable-next-line no-control-regex -- the whole of ASCII is meant, but %
const plainAscii = /^[\x00-\x24\x26-\x7f]*$/;

/**
 * Undoes percent-encoding once and reads the bytes as UTF-8. Unescaped characters above 0x7F are
 * taken for the raw bytes they are in node's request strings (latin1).
 * Throws S3Error InvalidURI on a broken escape or bytes that are not UTF-8.
 */
export function percentDecode(text: string): string {
  if (plainAscii.test(text)) return text;
  const source = Buffer.from(text, "latin1");
  const bytes = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let index = 0; index < source.length; index += 1) {
    let byte = source[index] ?? 0;
    if (byte === 0x25) {
      byte = (hexDigit(source[index + 1]) << 4) | hexDigit(source[index + 2]);
      index += 2;
    }
    bytes[length] = byte;
    length += 1;
  }
  try {
    return utf8.decode(bytes.subarray(0, length));
  } catch (cause) {
    throw new S3Error("InvalidURI", { cause });
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function hexDigit(byte: number | undefined): number {
  if (byte !== undefined) {
    if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
    const letter = byte | 0x20;
    if (letter >= 0x61 && letter <= 0x66) return letter - 0x57;
  }
  throw new S3Error("InvalidURI");
}
