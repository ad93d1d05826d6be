import { afterEach, describe, expect, it } from "vitest";
import type { StorageError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { qumuloDialect } from "../dialects/qumulo.ts";
import {
  answer,
  startScriptedServer,
  type ScriptedServer,
} from "../testing-fixtures/scripted-server.ts";
import { openTestStore } from "../testing-fixtures/test-store.ts";

let server: ScriptedServer;
let store: ObjectStore;

async function open(...pages: string[]): Promise<void> {
  server = await startScriptedServer(
    ...pages.map((page) => answer(200, { "content-type": "application/xml" }, page)),
  );
  store = openTestStore(server.endpoint);
}

afterEach(async () => {
  await store.close();
  await server.close();
});

const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
const page = (inner: string): string =>
  `${head}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bkt</Name><Prefix/>${inner}</ListBucketResult>`;

const contents = (key: string): string =>
  `<Contents><Key>${key}</Key><LastModified>2026-11-23T10:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>` +
  "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>" +
  "<Size>5</Size><Owner><ID>someone</ID></Owner><StorageClass>STANDARD</StorageClass></Contents>";

describe("ListObjectsV2", () => {
  it("reads what a page holds", async () => {
    await open(
      page(
        `<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>t+%2F=&amp;</NextContinuationToken>` +
          `${contents("a%2B+b/x%3D1/b+c%2Bd%01")}<CommonPrefixes><Prefix>a%2B%20bp%20q/</Prefix></CommonPrefixes>`,
      ),
    );
    const listed = await store.listObjects({ prefix: "a+ b", delimiter: "/", maxKeys: 2 });
    expect(listed).toEqual({
      objects: [
        {
          key: "a+ b/x=1/b c+d\u0001",
          sizeBytes: 5,
          etag: '"e"',
          lastModified: new Date("2026-11-23T10:00:00Z"),
          storageClass: "STANDARD",
          checksumAlgorithm: "CRC32",
          checksumType: "FULL_OBJECT",
        },
      ],
      commonPrefixes: ["a+ bp q/"],
      // A token is opaque: only the XML is taken off.
      continuationToken: "t+%2F=&",
    });
    expect(server.requests[0]?.url).toBe(
      "/bkt/?list-type=2&prefix=a%2B%20b&delimiter=%2F&max-keys=2&encoding-type=url",
    );
  });

  it("takes keys as they stand when the page is not encoded", async () => {
    await open(page(`<IsTruncated>false</IsTruncated>${contents("a+b%20c&amp;日&#x1;")}`));
    const { objects, ...rest } = await store.listObjects();
    expect(objects.map(({ key }) => key)).toEqual(["a+b%20c&日\u0001"]);
    expect(rest).toEqual({ commonPrefixes: [] });
  });

  it.each([
    ["a key", contents("exp-1/x") + contents("other/x")],
    ["a key between others out of order", ["exp-1/y", "other/x", "exp-1/x"].map(contents).join("")],
    ["a prefix", "<CommonPrefixes><Prefix>other/</Prefix></CommonPrefixes>"],
  ])("refuses a page with %s that was not asked for", async (_what, inner) => {
    await open(page(`<IsTruncated>false</IsTruncated>${inner}`));
    await expect(store.listObjects({ prefix: "exp-1/" })).rejects.toMatchObject({
      code: "IntegrityError",
      message: expect.stringContaining("asked for exp-1/, the store lists other/") as string,
    });
  });

  it.each([
    ["no token", page("<IsTruncated>true</IsTruncated>"), /not where/],
    [
      "the same token",
      page("<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"),
      /back to itself/,
    ],
  ])("refuses a page with more to come but %s", async (_what, text, message) => {
    await open(text);
    await expect(store.listObjects({ continuationToken: "t" })).rejects.toMatchObject({
      code: "IntegrityError",
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ["a web page", "<html><body>Welcome</body></html>"],
    ["a page cut short", page(contents("a")).slice(0, -30)],
    ["a page cut inside an entry", page(contents("a")).slice(0, 180)],
    ["nothing", ""],
  ])("refuses %s", async (_what, text) => {
    await open(text);
    const error = await store.listObjects().catch((caught: unknown) => caught as StorageError);
    expect(error).toMatchObject({ code: "Unavailable", retryable: false });
  });
});

describe("ListObjectVersions", () => {
  it("reads versions and markers in their order", async () => {
    await open(
      `${head}<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>` +
        "<NextKeyMarker>a+b</NextKeyMarker><NextVersionIdMarker>v1</NextVersionIdMarker>" +
        "<DeleteMarker><Key>a+b</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-23T10:00:00Z</LastModified></DeleteMarker>" +
        "<Version><Key>a+b</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-23T09:00:00Z</LastModified><ETag>&quot;e&quot;</ETag><Size>3</Size></Version>" +
        "</ListVersionsResult>",
    );
    const listed = await store.listObjectVersions();
    expect(listed.versions).toMatchObject([
      { key: "a b", versionId: "v2", isLatest: true, isDeleteMarker: true, sizeBytes: 0 },
      { key: "a b", versionId: "v1", isLatest: false, isDeleteMarker: false, sizeBytes: 3 },
    ]);
    expect(listed).toMatchObject({ nextKeyMarker: "a b", nextVersionIdMarker: "v1" });
  });
});

describe("ListMultipartUploads and ListParts", () => {
  it("read uploads", async () => {
    await open(
      `${head}<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>k</Key><UploadId>u</UploadId><Initiator><ID>i</ID></Initiator><Initiated>2026-11-23T10:00:00Z</Initiated></Upload></ListMultipartUploadsResult>`,
    );
    const { uploads } = await store.listMultipartUploads();
    expect(uploads).toEqual([
      { key: "k", uploadId: "u", initiated: new Date("2026-11-23T10:00:00Z") },
    ]);
  });

  it("refuse parts that do not lead on", async () => {
    await open(
      `${head}<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>3</NextPartNumberMarker></ListPartsResult>`,
    );
    const upload = { key: "k", uploadId: "u" };
    await expect(store.listParts(upload)).resolves.toMatchObject({ nextPartNumberMarker: 3 });
    await expect(store.listParts(upload, { partNumberMarker: 3 })).rejects.toMatchObject({
      code: "IntegrityError",
    });
  });
});

describe("what a dialect lacks", () => {
  it("is refused before any request", async () => {
    await open(page(""));
    const qumulo = openTestStore(server.endpoint, { dialect: qumuloDialect });
    await expect(qumulo.getObjectAttributes("a")).rejects.toMatchObject({ code: "NotSupported" });
    await expect(
      qumulo.putObject("a", Buffer.of(1), { encryption: "AES256" }),
    ).rejects.toMatchObject({ code: "NotSupported" });
    expect(server.requests).toHaveLength(0);
  });
});
