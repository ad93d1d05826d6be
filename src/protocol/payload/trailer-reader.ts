import { protocolLimits } from "../../core/limits.ts";
import { trimBlanks } from "../headers/trim-blanks.ts";
import { S3Error } from "../s3-error.ts";

const trailerSignatureName = "x-amz-trailer-signature";

/**
 * Reads the lines after the last chunk, byte by byte. Clients end them with CRLF or with LF, and
 * minio-go leaves an empty line before the signature, so one is allowed there.
 */
export class TrailerReader {
  readonly #declared: ReadonlySet<string>;
  readonly #signed: boolean;
  readonly #values = new Map<string, string>();
  #line = "";
  #bytes = 0;
  #signature: string | undefined;

  constructor(trailerNames: readonly string[], signed: boolean) {
    this.#declared = new Set(trailerNames.map((name) => name.toLowerCase()));
    this.#signed = signed;
  }

  /** True once the block has ended. Throws S3Error MalformedTrailerError. */
  push(byte: number): boolean {
    this.#bytes += 1;
    if (this.#bytes > protocolLimits.trailerBytes) throw malformedTrailer();
    if (byte !== 0x0a) {
      this.#line += String.fromCharCode(byte);
      return false;
    }
    const line = this.#line.endsWith("\r") ? this.#line.slice(0, -1) : this.#line;
    this.#line = "";
    if (line !== "") {
      this.#add(line);
      return false;
    }
    return !this.#signed || this.#signature !== undefined || this.#values.size === 0;
  }

  /** By lower-case name. Throws when a declared trailer is missing. */
  values(): ReadonlyMap<string, string> {
    for (const name of this.#declared) if (!this.#values.has(name)) throw malformedTrailer();
    return this.#values;
  }

  get signature(): string | undefined {
    return this.#signature;
  }

  /** The lines as they are signed. */
  signedText(): string {
    let text = "";
    for (const [name, value] of this.#values) text += `${name}:${value}\n`;
    return text;
  }

  #add(line: string): void {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = trimBlanks(line.slice(colon + 1));
    if (name === "" || this.#signature !== undefined) throw malformedTrailer();
    if (this.#signed && name === trailerSignatureName) {
      this.#signature = value;
      return;
    }
    if (!this.#declared.has(name) || this.#values.has(name)) throw malformedTrailer();
    this.#values.set(name, value);
  }
}

function malformedTrailer(): S3Error {
  return new S3Error("MalformedTrailerError");
}
