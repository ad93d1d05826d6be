import type { Dialect, Quirk } from "../../src/client/dialects/dialect.ts";

type Member = Exclude<keyof Dialect, "name" | "title">;

/** Each member of a dialect in a reader's words. */
const rows: Readonly<Record<Member, string>> = {
  overwrite: "An object that is there can be written over",
  endpoint: "Endpoint",
  keys: "Keys",
  sessionTokens: "Temporary keys (session tokens)",
  transport: "Transport",
  addressing: "Address of a bucket",
  signingRegion: "Region of signatures",
  followsRegion: "Another region that is answered is followed",
  payloadSigning: "Payloads are hashed into signatures",
  checksumHeaders: "Checksums (`x-amz-checksum-*`)",
  uploadChecksum: "Checksum that uploads send by themselves",
  readChecksums: "Reads ask for stored checksums",
  serverSideEncryptionHeader: "Encryption can be chosen (`AES256`)",
  conditionalWrites: "Conditions on writes (`If-Match`, `If-None-Match`)",
  writeConditionEtag: "ETag in such a condition",
  conditionalDeletes: "`If-Match` on deletes",
  batchDelete: "Many deletes in one request",
  batchDeleteDigest: "What those are protected by",
  orderedListing: "Listings in the order of bytes, by any prefix",
  versioning: "Versions",
  userMetadata: "Metadata of one's own",
  objectTags: "Tags of objects",
  objectAttributes: "GetObjectAttributes",
  formUploads: "Uploads by a browser's form (POST)",
  etagIsMd5: "The ETag of a simple upload is its MD5",
  copyPart: "Copies as parts (UploadPartCopy)",
  partSizeMultipleBytes: "Parts are a multiple of",
  equalParts: "Parts must have one size",
};

/** docs/stores.md, from the data by which the client itself goes. */
export function storeDocument(dialects: readonly Dialect[]): string {
  const members = Object.keys(rows) as Member[];
  const head = ["", ...dialects.map(({ title }) => title)];
  const table = [
    head,
    head.map(() => "---"),
    ...members.map((member) => [rows[member], ...dialects.map((one) => words(one[member]))]),
  ];
  const lines = table.map((cells) => `| ${cells.join(" | ")} |`);
  const evidence = dialects.flatMap((dialect) => [
    `### ${dialect.title}`,
    "",
    ...members.map(
      (member) => `- ${rows[member]}: ${words(dialect[member])}. ${said(dialect[member])}`,
    ),
    "",
  ]);
  return `${[...introduction, ...lines, "", "## Where each fact is from", "", ...evidence].join("\n").trimEnd()}\n`;
}

function words({ value }: Quirk<string | number | boolean | undefined>): string {
  if (value === undefined) return "the bucket's";
  if (value === true) return "yes";
  if (value === false) return "no";
  return value === "unknown" ? "?" : String(value);
}

function said({ evidence }: Quirk<unknown>): string {
  return `${evidence.slice(0, 1).toUpperCase()}${evidence.slice(1)}.`;
}

const introduction = [
  "# Stores, and how they differ",
  "",
  "What the client knows of each kind of store, and goes by. `?`: neither documented nor seen; the client tries and is",
  "ready for a refusal. `STORAGE_BACKEND=qumulo` chooses Qumulo; AWS, Google Cloud Storage, R2 and B2 are told by",
  "their endpoint; `STORAGE_S3_DIALECT` names the others (`ceph`, `minio`, `embedded`). Any other store is `s3`.",
  "",
  "`sms-storage probe s3://BUCKET` (or `probeStore()`) finds out what is not known: it tries each thing below a",
  "temporary prefix, cleans up, and records what it saw in `profiles/` of the state folder",
  "(`~/.local/state/sms-api-storage`, or below `$XDG_STATE_HOME`). For 30 days clients that connect to the very same",
  "endpoint as the same kind of store go by that record; delete the file and they go by the table again. What a probe",
  "could not tell stays as the table has it.",
  "",
  "This page is made from the client's own data; a test says when it is not.",
  "",
];
