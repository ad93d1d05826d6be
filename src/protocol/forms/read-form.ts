import { protocolLimits } from "../../core/limits.ts";
import { S3Error } from "../s3-error.ts";

/** A browser's form as far as its file: what comes behind that is not looked at. */
export interface PostForm {
  /** By lower-case name, values in UTF-8. */
  readonly fields: ReadonlyMap<string, string>;
  /** As the browser names it, a path perhaps; undefined: the file came as a plain field. */
  readonly fileName: string | undefined;
  /** Of the body before the file and, where the file stands last, behind it. */
  readonly bytesAround: number;
  /** To be read once. Throws MalformedPOSTRequest when the form ends before the file does. */
  readonly file: AsyncIterable<Uint8Array>;
}

/**
 * Reads `multipart/form-data` (RFC 7578) up to the bytes of its file, and no further. Throws S3Error:
 * PreconditionFailed for another type, MalformedPOSTRequest, MaxPostPreDataLengthExceededError when
 * more than 20 KiB stand before the file, IncorrectNumberOfFilesInPostRequest when there is none.
 * Source: S3 API reference, "POST Object".
 */
export async function readForm(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
): Promise<PostForm> {
  const head = new FormHead(boundaryOf(contentType));
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (let step = await chunks.next(); step.done !== true; step = await chunks.next()) {
      const rest = head.push(step.value);
      if (rest !== undefined) {
        const { fields, fileName, bytesAround, delimiter } = head;
        return { fields, fileName, bytesAround, file: fileOf(delimiter, rest, chunks) };
      }
    }
    throw head.unfinished();
  } catch (error) {
    await chunks.return?.();
    throw error;
  }
}

function boundaryOf(contentType: string): string {
  const [type = "", ...parameters] = contentType.split(";");
  if (type.trim().toLowerCase() !== "multipart/form-data") {
    throw new S3Error("PreconditionFailed", {
      extra: { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
    });
  }
  const boundary = parameterOf(parameters.join(";"), "boundary") ?? "";
  // Source: RFC 2046, section 5.1.1.
  if (boundary === "" || boundary.length > 70) throw malformed();
  return boundary;
}

/** A parameter of a header, quoted or not. */
function parameterOf(parameters: string, name: string): string | undefined {
  const match = new RegExp(
    `(?:^|;)\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;]*))`,
    "i",
  ).exec(parameters);
  // Browsers escape a quote as %22 and leave backslashes of paths alone.
  return match === null ? undefined : (match[1]?.replaceAll('\\"', '"') ?? match[2]?.trim());
}

const lineEnd = Buffer.from("\r\n");
const headEnd = Buffer.from("\r\n\r\n");

/** Takes in what stands before the file, a piece at a time. */
class FormHead {
  readonly delimiter: Buffer;
  readonly fields = new Map<string, string>();
  fileName: string | undefined;
  readonly #bytes = Buffer.allocUnsafe(protocolLimits.formHeadBytes);
  #filled = 0;
  /** Where the part begins that is being read: behind its delimiter. */
  #part = -1;
  /** Of that part, once it is whole. */
  #headers: PartHeaders | undefined;
  /** Up to here nothing was found: a slow sender must not have it searched again and again. */
  #searched = 0;
  #isFirst = true;

  constructor(boundary: string) {
    this.delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
    // The first delimiter may begin the body.
    lineEnd.copy(this.#bytes);
    this.#filled = lineEnd.length;
  }

  get bytesAround(): number {
    return this.#part - lineEnd.length + this.delimiter.length + "--\r\n".length;
  }

  /** Answers the first bytes of the file once its headers are whole. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    const taken = Math.min(chunk.length, this.#bytes.length - this.#filled);
    this.#bytes.set(chunk.subarray(0, taken), this.#filled);
    this.#filled += taken;
    while (this.#step()) {
      if (this.#headers?.name === "file") {
        this.fileName = this.#headers.fileName;
        const start = this.#bytes.subarray(this.#part, this.#filled);
        return Buffer.concat([start, chunk.subarray(taken)]);
      }
    }
    if (taken < chunk.length || this.#filled === this.#bytes.length) {
      throw new S3Error("MaxPostPreDataLengthExceededError");
    }
    return undefined;
  }

  /** Why a form that ended has no file. */
  unfinished(): S3Error {
    return this.#isFirst ? malformed() : noFile();
  }

  /** False when more bytes are needed. */
  #step(): boolean {
    if (this.#part === -1 || this.#headers !== undefined) return this.#endPart();
    const end = this.#find(headEnd);
    if (end === -1) return false;
    this.#headers = readHeaders(this.#bytes.subarray(this.#part, end).toString("utf8"));
    this.#begin(end + headEnd.length);
    return true;
  }

  /** Finds the delimiter behind a part's value, or behind what stands before the first part. */
  #endPart(): boolean {
    const end = this.#find(this.delimiter);
    const next = end + this.delimiter.length;
    if (end === -1 || next + lineEnd.length > this.#filled) return false;
    if (this.#headers !== undefined) this.#keep(this.#headers, end);
    this.#headers = undefined;
    this.#isFirst = false;
    if (this.#bytes.toString("latin1", next, next + 2) === "--") throw noFile();
    // The end of the delimiter's line also ends the empty line of a part without headers.
    this.#begin(next);
    return true;
  }

  #keep({ name }: PartHeaders, end: number): void {
    // Whoever reads the first and whoever reads the last of two would read another form.
    if (this.fields.has(name)) throw malformed();
    this.fields.set(name, this.#bytes.toString("utf8", this.#part, end));
  }

  #begin(at: number): void {
    this.#part = at;
    this.#searched = at;
  }

  #find(what: Buffer): number {
    const found = this.#bytes.subarray(0, this.#filled).indexOf(what, this.#searched);
    if (found === -1) this.#searched = Math.max(this.#searched, this.#filled - what.length + 1);
    return found;
  }
}

interface PartHeaders {
  readonly name: string;
  readonly fileName: string | undefined;
}

function readHeaders(text: string): PartHeaders {
  const line = text.split("\r\n").find((one) => /^content-disposition\s*:/i.test(one)) ?? "";
  const [disposition = "", ...parameters] = line.slice(line.indexOf(":") + 1).split(";");
  const name = parameterOf(parameters.join(";"), "name");
  if (disposition.trim().toLowerCase() !== "form-data" || name === undefined) throw malformed();
  return { name: name.toLowerCase(), fileName: parameterOf(parameters.join(";"), "filename") };
}

/** The bytes up to the delimiter, which may lie across two chunks. */
async function* fileOf(
  delimiter: Buffer,
  first: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held = Buffer.from(first.buffer, first.byteOffset, first.length);
  try {
    for (;;) {
      const end = held.indexOf(delimiter);
      if (end !== -1) {
        if (end > 0) yield held.subarray(0, end);
        return;
      }
      const sure = Math.max(0, held.length - delimiter.length + 1);
      if (sure > 0) yield held.subarray(0, sure);
      const step = await chunks.next();
      if (step.done === true) throw malformed();
      held = Buffer.concat([held.subarray(sure), step.value]);
    }
  } finally {
    await chunks.return?.();
  }
}

function malformed(): S3Error {
  return new S3Error("MalformedPOSTRequest");
}

function noFile(): S3Error {
  return new S3Error("IncorrectNumberOfFilesInPostRequest");
}
