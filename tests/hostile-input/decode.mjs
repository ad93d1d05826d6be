// Reads hostile texts of two sizes, the one eight times the other, and tells what each cost. Run by
// decode.test.ts as a process with a small heap, on the built package.
import { parsePolicy } from "../../dist/policy/parse.js";
import { parseCompleteMultipartUpload } from "../../dist/protocol/documents/complete-multipart-upload.js";
import { parseDelete } from "../../dist/protocol/documents/delete.js";
import { parseError } from "../../dist/protocol/documents/error.js";
import { readListObjects } from "../../dist/protocol/documents/listings/list-objects.js";
import { parseTaggingHeader } from "../../dist/protocol/headers/tagging-header.js";
import { parseCopySource } from "../../dist/protocol/headers/copy-source.js";
import { AwsChunkedDecoder } from "../../dist/protocol/payload/aws-chunked-decoder.js";
import { QueryParameters } from "../../dist/protocol/query.js";
import { canonicalRequest } from "../../dist/protocol/sigv4/canonical-request.js";
import { readSignatureClaim } from "../../dist/protocol/sigv4/verify.js";
import { parseXml } from "../../dist/protocol/xml/parse.js";
import { unescapeXml } from "../../dist/protocol/xml/unescape.js";
import { gatherBytes } from "../../dist/core/gather-bytes.js";
import { parseRange } from "../../dist/core/byte-range.js";

const kib = 1024;
const fill = (piece, bytes) => piece.repeat(Math.ceil(bytes / piece.length));
const key = (text) => `<Delete><Object><Key>${text}</Key></Object></Delete>`;
const page = (text) =>
  Buffer.from(`<ListBucketResult><EncodingType>url</EncodingType>${text}</ListBucketResult>`);

/** What stands in a document, again and again. */
const pieces = {
  "bare ampersands": "&",
  "empty references": "&;",
  "letters and ampersands": "x&",
  entities: "&amp;",
  "letters and entities": "abc&quot;",
  "character references": "&#x26;",
  "long references": "&#x000000000000000026;",
  "carriage returns": "\r",
  "line ends": "\r\n",
  "pieces of CDATA": "<![CDATA[x]]>",
  "open CDATA": "<![CDATA[",
  comments: "<!---->",
  "open comments": "<!--",
  instructions: "<?a?>",
  "empty elements": "<a/>",
  "nested elements": "<a>",
  "pairs of tags": "<a></a>",
  "open tags": "<",
  "white space": " ",
  "names of one letter": "<a b=",
  "two-byte letters": "é",
  "four-byte letters": "😀",
};

const documents = Object.entries(pieces).flatMap(([what, piece]) => [
  [`DeleteObjects: ${what}`, parseDelete, (bytes) => Buffer.from(key(fill(piece, bytes)))],
  [`a setting: ${what}`, parseXml, (bytes) => Buffer.from(`<A>${fill(piece, bytes)}</A>`)],
  [`a listing: ${what}`, readListObjects, (bytes) => page(fill(piece, bytes))],
  [`a listed key: ${what}`, readListObjects, (bytes) => page(contents(fill(piece, bytes)))],
  [`an error: ${what}`, parseError, (bytes) => `<Error>${fill(piece, bytes)}</Error>`],
  [`a value: ${what}`, unescapeXml, (bytes) => fill(piece, bytes)],
]);

function contents(name) {
  return `<Contents><Key>${name}</Key></Contents>`;
}

const shapes = [
  ["a long name", parseXml, (bytes) => `<${fill("a", bytes)}/>`],
  ["a long name of other letters", parseXml, (bytes) => `<${fill("é", bytes)}/>`],
  ["a long attribute name", parseXml, (bytes) => `<a ${fill("b", bytes)}="1"/>`],
  ["a long attribute", parseXml, (bytes) => `<a b="${fill("c", bytes)}"/>`],
  ["an open attribute", parseXml, (bytes) => `<a b="${fill("c='", bytes)}/>`],
  ["references in an attribute", parseXml, (bytes) => `<a b="${fill("&amp;", bytes)}"/>`],
  ["many attributes", parseXml, (bytes) => `<a${fill(" b='1'", bytes)}/>`],
  ["white space in a tag", parseXml, (bytes) => `<a${fill(" ", bytes)}b/>`],
  ["white space behind an attribute", parseXml, (bytes) => `<a b${fill(" ", bytes)}c/>`],
  ["white space in an end tag", parseXml, (bytes) => `<a></a${fill(" ", bytes)}x>`],
  ["a long declaration", parseXml, (bytes) => `<?xml ${fill("encoding ", bytes)}?><a/>`],
  ["open encodings", parseXml, (bytes) => `<?xml ${fill("encoding='", bytes)}?><a/>`],
  [
    "parts",
    parseCompleteMultipartUpload,
    (bytes) => `<CompleteMultipartUpload>${fill("<Part/>", bytes)}</CompleteMultipartUpload>`,
  ],
  [
    "elements of one part",
    parseCompleteMultipartUpload,
    (bytes) =>
      `<CompleteMultipartUpload><Part>${fill("<ETag/>", bytes)}</Part></CompleteMultipartUpload>`,
  ],
  ["entries of a listing", readListObjects, (bytes) => page(fill("<Contents/>", bytes))],
  ["open entries", readListObjects, (bytes) => page(fill("<Contents><Key>", bytes))],
  ["encodings", readListObjects, (bytes) => page(fill("<EncodingType>   ", bytes))],
];

const bucketPolicy = (text) => parsePolicy(text, { bucket: "bkt" });
const policies = [
  ["a policy of brackets", bucketPolicy, (bytes) => fill("[", bytes)],
  ["a policy of objects", bucketPolicy, (bytes) => fill('{"a":', bytes)],
  ["a policy of one text", bucketPolicy, (bytes) => `{"Version":"${fill("x", bytes)}"}`],
  ["a policy of escapes", bucketPolicy, (bytes) => `{"Id":"${fill("\\u0041", bytes)}"}`],
  ["a policy of one key", bucketPolicy, (bytes) => `{${fill('"a":1,', bytes)}"a":1}`],
  ["a policy of spaces", bucketPolicy, (bytes) => `{${fill(" ", bytes)}`],
];

const claim = (authorization) =>
  readSignatureClaim({
    method: "GET",
    rawPath: "/",
    rawQuery: "",
    headers: new Map([["authorization", authorization]]),
  });
const canonical = (rawQuery) =>
  canonicalRequest({
    method: "GET",
    rawPath: "/",
    rawQuery,
    signedHeaders: [],
    headerValue: () => undefined,
    payloadHash: "",
  });
const query = (text) => QueryParameters.parse(text);
const texts = [
  ["query parameters", query, (bytes) => fill("a=b&", bytes)],
  ["empty query parameters", query, (bytes) => fill("&", bytes)],
  ["an escaped query", query, (bytes) => fill("%41+", bytes)],
  ["equals signs in a query", query, (bytes) => fill("=", bytes)],
  ["a signed query", canonical, (bytes) => fill("b&a%20=+&", bytes)],
  ["tags in a header", parseTaggingHeader, (bytes) => fill("a=b&", bytes)],
  ["a copy source", parseCopySource, (bytes) => fill("/?versionId=", bytes)],
  ["an escaped copy source", parseCopySource, (bytes) => `/${fill("%41", bytes)}`],
  ["a range", parseRange, (bytes) => `bytes=${fill("1", bytes)}`],
  ["many ranges", parseRange, (bytes) => `bytes=${fill("1-2,", bytes)}`],
  ["an authorization of commas", claim, (bytes) => `AWS4-HMAC-SHA256 ${fill(",", bytes)}`],
  ["an authorization of parts", claim, (bytes) => `AWS4-HMAC-SHA256 ${fill("a=b,", bytes)}`],
  [
    "an authorization of signed headers",
    claim,
    (bytes) =>
      "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request,Signature=x,SignedHeaders=" +
      fill("a;", bytes),
  ],
];

const decoder = (bytes) => {
  const options = { mode: "unsigned-trailer", decodedLengthBytes: bytes.length, trailerNames: [] };
  const chunks = new AwsChunkedDecoder(options);
  for (let at = 0; at < bytes.length; at += 64 * kib)
    chunks.push(bytes.subarray(at, at + 64 * kib));
};
async function* singly(bytes) {
  for (const byte of bytes) yield Buffer.of(byte);
}
const streams = [
  ["chunks of one byte", decoder, (bytes) => Buffer.from(fill("1\r\nx\r\n", bytes))],
  ["a chunk's extension", decoder, (bytes) => Buffer.from(`1;${fill("a=b", bytes)}`)],
  ["a chunk's endless size", decoder, (bytes) => Buffer.from(fill("0", bytes))],
  ["trailers", decoder, (bytes) => Buffer.from(`0\r\n${fill("a:b\r\n", bytes)}`)],
  [
    "a body byte by byte",
    (bytes) => gatherBytes(singly(bytes), bytes.length),
    (bytes) => Buffer.from(fill("x", bytes)),
  ],
];

/** In milliseconds of this process's own time, the best of three, so that a busy machine does not count. */
async function cost(read, input) {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run += 1) {
    const before = process.cpuUsage();
    try {
      await read(input);
    } catch (error) {
      // Refusals are what is expected; a stack or a heap that gives way is not.
      if (error instanceof RangeError || !(error instanceof Error)) throw error;
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

const groups = [
  [documents, 512 * kib],
  [shapes, 512 * kib],
  [policies, 40 * kib],
  [texts, 32 * kib],
  [streams, 256 * kib],
];
for (const [cases, sizeBytes] of groups) {
  for (const [what, read, make] of cases) {
    const small = await cost(read, make(sizeBytes));
    const large = await cost(read, make(sizeBytes * 8));
    console.log(JSON.stringify({ what, small, large }));
  }
}
