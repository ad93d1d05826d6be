import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { S3Error } from "../s3-error.ts";
import { signForChunks } from "../sigv4/testing-fixtures/sign-for-chunks.ts";
import type { VerifiedSignature } from "../sigv4/verify.ts";
import {
  AwsChunkedDecoder,
  type AwsChunkedDecoderOptions,
  type ChunkedMode,
} from "./aws-chunked-decoder.ts";
import { ChunkSigner } from "./chunk-signer.ts";

const verified: VerifiedSignature = signForChunks(
  { method: "PUT", rawPath: "/b/k", rawQuery: "", headers: { host: "localhost" } },
  {
    credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
    region: "us-east-1",
    service: "s3",
    now: new Date("2026-11-24T06:30:05Z"),
    payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  },
);

type Trailers = Readonly<Record<string, string>>;

function encode(mode: ChunkedMode, chunks: readonly Uint8Array[], trailers: Trailers = {}): Buffer {
  const signer = mode.startsWith("signed") ? new ChunkSigner(verified) : undefined;
  const out: (Uint8Array | string)[] = [];
  for (const chunk of [...chunks, Buffer.alloc(0)]) {
    const hash = createHash("sha256").update(chunk).digest("hex");
    const signature =
      signer === undefined ? "" : `;chunk-signature=${signer.sign(signer.chunkText(hash))}`;
    out.push(`${chunk.length.toString(16)}${signature}\r\n`, chunk);
    if (chunk.length > 0) out.push("\r\n");
  }
  if (mode.endsWith("trailer")) {
    let text = "";
    for (const [name, value] of Object.entries(trailers)) {
      out.push(`${name}:${value}\r\n`);
      text += `${name}:${value}\n`;
    }
    if (signer !== undefined) {
      out.push(`x-amz-trailer-signature:${signer.sign(signer.trailerText(text))}\r\n`);
    }
  }
  out.push("\r\n");
  return Buffer.concat(out.map((piece) => Buffer.from(piece)));
}

type Options = Partial<AwsChunkedDecoderOptions> & { mode: ChunkedMode };

function decode(input: Uint8Array | readonly Uint8Array[], options: Options) {
  const decoder = new AwsChunkedDecoder({
    verified,
    decodedLengthBytes: 10,
    trailerNames: [],
    minimumChunkBytes: 0,
    ...options,
  });
  const pieces = input instanceof Uint8Array ? [input] : input;
  const bytes = Buffer.concat(pieces.flatMap((piece) => decoder.push(piece)));
  return { bytes, trailers: Object.fromEntries(decoder.finish()) };
}

function attempt(input: Uint8Array, options: Options) {
  try {
    return decode(input, options);
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
}

function refusal(input: string | Uint8Array, options: Options): S3Error {
  const outcome = attempt(Buffer.from(input), options);
  if (outcome instanceof S3Error) return outcome;
  throw new Error("accepted");
}

function spelling(input: Buffer): string {
  return input.toString("latin1").toLowerCase().replace(/\s/g, "");
}

const modes: ChunkedMode[] = ["unsigned", "unsigned-trailer", "signed", "signed-trailer"];
const trailers = { "x-amz-checksum-crc32": "AAAAAA==" };

function trailersOf(mode: ChunkedMode): Trailers {
  return mode.endsWith("trailer") ? trailers : {};
}

describe.each(modes)("AwsChunkedDecoder, %s", (mode) => {
  const expected = trailersOf(mode);
  const trailerNames = Object.keys(expected);
  const chunkBytes = fc.uint8Array({ minLength: 1, maxLength: 40 });

  it("gives the same bytes wherever the input is cut", () => {
    fc.assert(
      fc.property(
        fc.array(chunkBytes, { maxLength: 5 }),
        fc.array(fc.nat(600), { maxLength: 12 }),
        (chunks, cuts) => {
          const whole = encode(mode, chunks, expected);
          const body = Buffer.concat(chunks);
          const ends = [...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b)];
          const pieces = [...ends, whole.length].map((end, index) =>
            whole.subarray(ends[index - 1] ?? 0, end),
          );
          const options = { mode, decodedLengthBytes: body.length, trailerNames };
          const result = decode(pieces, options);
          expect(result.bytes.equals(body)).toBe(true);
          expect(result.trailers).toEqual(expected);
        },
      ),
    );
  });

  it("takes input byte by byte", () => {
    const whole = encode(mode, [Buffer.from("hello "), Buffer.from("you!")], expected);
    const pieces = [...whole].map((byte) => Uint8Array.of(byte));
    expect(decode(pieces, { mode, trailerNames }).bytes.toString()).toBe("hello you!");
  });

  it("refuses every truncation", () => {
    const whole = encode(mode, [Buffer.from("hello "), Buffer.from("you!")], expected);
    for (let length = 0; length < whole.length; length += 1) {
      expect(refusal(whole.subarray(0, length), { mode, trailerNames }).code).toBe(
        "IncompleteBody",
      );
    }
  });

  it("refuses a length other than declared, before the bytes come", () => {
    const whole = encode(mode, [Buffer.from("hello "), Buffer.from("you!")], expected);
    expect(refusal(whole, { mode, trailerNames, decodedLengthBytes: 9 }).message).toContain(
      "number of bytes specified",
    );
    expect(refusal(whole, { mode, trailerNames, decodedLengthBytes: 11 }).code).toBe(
      "IncompleteBody",
    );
    const decoder = new AwsChunkedDecoder({
      mode,
      verified,
      decodedLengthBytes: 5,
      trailerNames: [],
    });
    const signature = mode.startsWith("signed") ? `;chunk-signature=${"0".repeat(64)}` : "";
    expect(() => decoder.push(Buffer.from(`ffffffffffff${signature}\r\n`))).toThrow(S3Error);
  });

  it("refuses bytes after the end", () => {
    const whole = encode(mode, [Buffer.from("0123456789")], expected);
    expect(refusal(Buffer.concat([whole, Buffer.from("x")]), { mode, trailerNames }).code).toBe(
      "IncompleteBody",
    );
  });

  it("bounds the header line", () => {
    const decoder = new AwsChunkedDecoder({
      mode,
      verified,
      decodedLengthBytes: 5,
      trailerNames: [],
    });
    expect(() => decoder.push(Buffer.alloc(1024, "0"))).not.toThrow();
    expect(() => decoder.push(Buffer.from("0"))).toThrow(S3Error);
  });

  it("decodes without copying", () => {
    const whole = encode(mode, [Buffer.from("0123456789")], expected);
    const decoder = new AwsChunkedDecoder({ mode, verified, decodedLengthBytes: 10, trailerNames });
    const slices = decoder.push(whole);
    expect(slices).toHaveLength(1);
    expect(slices[0]?.buffer).toBe(whole.buffer);
  });
});

describe.each(["signed", "signed-trailer"] as const)("signatures, %s", (mode) => {
  const expected = trailersOf(mode);
  const trailerNames = Object.keys(expected);
  const whole = encode(mode, [Buffer.from("hello "), Buffer.from("you!")], expected);

  it("do not survive any single changed byte", () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const corrupted = Buffer.from(whole);
        corrupted[at] = (corrupted[at] ?? 0) ^ change;
        const outcome = attempt(corrupted, { mode, trailerNames });
        if (outcome instanceof S3Error) return;
        // Letter case of a name or a blank for a line end may spell the very same thing.
        expect(outcome.bytes.toString()).toBe("hello you!");
        expect(outcome.trailers).toEqual(expected);
        expect(spelling(corrupted)).toBe(spelling(whole));
      }),
      { numRuns: 1000 },
    );
  });

  it("catch swapped, dropped and repeated chunks", () => {
    const text = whole.toString("latin1");
    const [first = "", second = ""] = text.split(/(?<=hello \r\n|you!\r\n)/);
    const rest = text.slice(first.length + second.length);
    for (const forged of [second + first + rest, second + rest, first + first + rest]) {
      const length = forged.includes("you!") ? (forged.includes("hello") ? 10 : 4) : 12;
      const input = Buffer.from(forged, "latin1");
      expect(refusal(input, { mode, trailerNames, decodedLengthBytes: length }).code).toBe(
        "SignatureDoesNotMatch",
      );
    }
  });

  it("of another request do not fit", () => {
    const other = { ...verified, seedSignature: "0".repeat(64) };
    const error = refusal(whole, { mode, trailerNames, verified: other });
    expect(error.code).toBe("SignatureDoesNotMatch");
    expect(error.extra["StringToSign"]).toMatch(/^AWS4-HMAC-SHA256-PAYLOAD\n/);
  });
});

function exampleBody(signatures: readonly string[], trailer: string): Buffer {
  const [first, second, last] = signatures;
  return Buffer.from(
    `10000;chunk-signature=${first}\r\n${"a".repeat(65_536)}\r\n` +
      `400;chunk-signature=${second}\r\n${"a".repeat(1024)}\r\n` +
      `0;chunk-signature=${last}\r\n${trailer}\r\n`,
  );
}

describe("AWS's published examples", () => {
  // Source: S3 API reference, "sigv4-streaming" and "sigv4-streaming-trailers".
  const amzDate = "20130524T000000Z";
  const { signingKey, scope } = signForChunks(
    { method: "PUT", rawPath: "/", rawQuery: "", headers: { host: "h" } },
    {
      credentials: {
        accessKeyId: "AKIAIOSFODNN7EXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      },
      region: "us-east-1",
      service: "s3",
      now: new Date("2013-05-24T00:00:00Z"),
      payloadHash: "",
    },
  );
  it("of signed chunks decodes with AWS's own minimum chunk size", () => {
    const input = exampleBody(
      [
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
      ],
      "",
    );
    expect(input).toHaveLength(66_824);
    const seedSignature = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    const { bytes } = decode(input, {
      mode: "signed",
      verified: { seedSignature, signingKey, scope, amzDate },
      decodedLengthBytes: 66_560,
      minimumChunkBytes: 8192,
    });
    expect(bytes.equals(Buffer.alloc(66_560, "a"))).toBe(true);
  });

  it.each(["\r\n", "\n", "\n\r\n"])("of signed trailers decodes, lines ending in %j", (end) => {
    const input = exampleBody(
      [
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
      ],
      `x-amz-checksum-crc32c:sOO8/Q==${end}` +
        "x-amz-trailer-signature:" +
        "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n",
    );
    const seedSignature = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
    const result = decode(input, {
      mode: "signed-trailer",
      verified: { seedSignature, signingKey, scope, amzDate },
      decodedLengthBytes: 66_560,
      trailerNames: ["x-amz-checksum-crc32c"],
      minimumChunkBytes: 8192,
    });
    expect(result.trailers).toEqual({ "x-amz-checksum-crc32c": "sOO8/Q==" });
  });
});

function decodeChunks(sizes: readonly number[]) {
  const chunks = sizes.map((size) => Buffer.alloc(size, "x"));
  const decodedLengthBytes = sizes.reduce((sum, size) => sum + size, 0);
  return attempt(encode("unsigned", chunks), {
    mode: "unsigned",
    decodedLengthBytes,
    minimumChunkBytes: 8192,
  });
}

describe("unsigned framing as AWS refuses it", () => {
  const mode = "unsigned-trailer";
  const crc64 = "x-amz-checksum-crc64nvme";
  const trailerNames = [crc64];

  it.each([
    "A\ndummy data\r\n0\r\n\r\n",
    "A\r\ndummy data0\r\n\r\n",
    "A\r\nXYZ\r\ndummy data\r\n0\r\n\r\n",
    "B\r\ndummy data\r\n0\r\n\r\n",
    "A\r\ndummy data\r\n0\r\n",
    `A\r\ndummy data\r\n0\r\n${crc64}:dPVWc2vU1+Q=\r\n`,
    "A\r\n",
    "A\r\nA\r\ndummy data\r\n0\r\n\r\n",
    `invalid_chunk_size\r\ndummy data\r\n0\r\n${crc64}:dPVWc2vU1+Q=\r\n\r\n`,
    `A\r\ndummy data\r\nJ\r\n${crc64}:dPVWc2vU1+Q=\r\n\r\n`,
    "-A\r\ndummy data\r\n0\r\n\r\n",
    "0xA\r\ndummy data\r\n0\r\n\r\n",
    "A;ext=1\r\ndummy data\r\n0\r\n\r\n",
    "\r\ndummy data\r\n0\r\n\r\n",
    "",
  ])("IncompleteBody for %j", (input) => {
    expect(refusal(input, { mode, trailerNames }).code).toBe("IncompleteBody");
  });

  it.each([
    "A\r\ndummy data\r\n0\r\n\r\n",
    "A\r\ndummy data\r\n0\r\n:M3eFcAZSQlc=\r\n\r\n",
    "A\r\ndummy data\r\n0\r\nno colon\r\n\r\n",
    "A\r\ndummy data\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
    `A\r\ndummy data\r\n0\r\n${crc64}:1\r\nx-other:2\r\n\r\n`,
    `A\r\ndummy data\r\n0\r\n${crc64}:1\r\n${crc64}:1\r\n\r\n`,
    `A\r\ndummy data\r\n0\r\n${crc64}:${"1".repeat(9000)}\r\n\r\n`,
  ])("MalformedTrailerError for a missing, unknown, repeated or huge trailer: %j", (input) => {
    expect(refusal(input, { mode, trailerNames }).code).toBe("MalformedTrailerError");
  });

  it("refuses a trailer that was not announced", () => {
    const input = `A\r\ndummy data\r\n0\r\n${crc64}:dPVWc2vU1+Q=\r\n\r\n`;
    expect(refusal(input, { mode }).code).toBe("MalformedTrailerError");
    expect(refusal(input, { mode: "unsigned" }).code).toBe("IncompleteBody");
  });

  it.each([
    ["0a\r\ndummy data\r\n0\r\n\r\n", []],
    [`A\r\ndummy data\r\n0\r\n${crc64.toUpperCase()}: dPVWc2vU1+Q= \r\n\r\n`, [crc64]],
    // As minio-go sends it.
    [`A\r\ndummy data\r\n0\r\n${crc64}:dPVWc2vU1+Q=\n\r\n\r\n`, [crc64.toUpperCase()]],
  ])("accepts %j", (input, names) => {
    const result = decode(Buffer.from(input), { mode, trailerNames: names });
    expect(result.bytes.toString()).toBe("dummy data");
    expect(result.trailers).toEqual(names.length === 0 ? {} : { [crc64]: "dPVWc2vU1+Q=" });
  });

  it.each([[[8192, 8192, 100]], [[100]], [[10_000, 9500, 20]]])(
    "lets the last chunk be small: %j",
    (sizes) => {
      expect(decodeChunks(sizes)).not.toBeInstanceOf(S3Error);
    },
  );

  it.each([
    [[3, 2], { Chunk: "2", BadChunkSize: "3" }],
    [[100, 8192, 100], { Chunk: "2", BadChunkSize: "100" }],
    [[8192, 10, 100], { Chunk: "3", BadChunkSize: "10" }],
  ])("refuses a small chunk before the last: %j", (sizes, extra) => {
    expect(decodeChunks(sizes)).toMatchObject({
      code: "InvalidChunkSizeError",
      status: 403,
      extra,
    });
  });

  it("decodes an empty body", () => {
    expect(
      decode(Buffer.from("0\r\n\r\n"), { mode: "unsigned", decodedLengthBytes: 0 }).bytes,
    ).toHaveLength(0);
  });
});
