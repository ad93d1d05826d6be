/** Bytes that are no HTTP/1.1, or could be read in two ways. The message says why, as the end of a sentence. */
export class HttpSyntaxError extends Error {
  override readonly name = "HttpSyntaxError";
  /** What has to be short has no end within its bound. */
  readonly isTooLong: boolean;

  constructor(why: string, isTooLong = false) {
    super(why);
    this.isTooLong = isTooLong;
  }
}
