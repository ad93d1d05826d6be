/** Of an answer that is no document of S3's, in messages. */
const snippetCharacters = 200;

/** The beginning of such an answer, in one line. */
export function answerSnippet(body: string): string {
  return body.trim().replaceAll(/\s+/g, " ").slice(0, snippetCharacters);
}

/** Words for an answer without a body, as those to HEAD are; undefined for a status that says it all. */
export function statusWords(status: number, key: string | undefined): string | undefined {
  switch (status) {
    case 400:
      return "The store calls the request bad and does not say why.";
    case 403:
      return "Access is denied; the store does not say why.";
    case 404:
      return key === undefined
        ? "The bucket does not exist."
        : "There is no such object, or no such bucket.";
    case 405:
      return "The store does not allow this here; a version may be a delete marker.";
    case 412:
      return "A condition of the request does not hold.";
    case 416:
      return "The range lies outside the object.";
    default:
      return undefined;
  }
}

/**
 * OpenSSL's reason out of its record of library, function and source line; other messages without the
 * names of classes that wrapping has put before them, as in `Error: getaddrinfo ENOTFOUND host`.
 */
export function plainReason(message: string): string {
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1];
  return reason ?? message.replace(/^(?:[A-Za-z]*Error: )+/, "");
}
