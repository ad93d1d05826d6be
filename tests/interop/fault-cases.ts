import type { FaultRule } from "../../src/server/faults/fault-rule.ts";

/** What a client made of an upload and a download, or of a change of a setting. */
export type Outcome = Readonly<Record<string, string>>;

export const faultClients = ["own", "aws", "boto3", "rclone"] as const;
export type FaultClient = (typeof faultClients)[number];

/** What a client does: an object there and back, one in parts there, or a setting. */
export type Work = "object" | "parts" | "setting";

export interface FaultCase {
  /** As docs/faults.md names it. */
  readonly title: string;
  /** Default `object`. */
  readonly work?: Work;
  /** With as many strikes as clients' own retries do not hide, or one where they do. */
  readonly rule: FaultRule;
  /** Default: it notices nothing, and has the right bytes. */
  readonly seen: Readonly<Partial<Record<FaultClient, Outcome>>>;
  /** Clients whose calls it does not touch, since they ask for no checksum. */
  readonly untouched?: readonly FaultClient[];
}

const put: FaultRule["operations"] = ["PutObject"];
const get: FaultRule["operations"] = ["GetObject"];
const part: FaultRule["operations"] = ["UploadPart"];
const settings: FaultRule["operations"] = ["PutBucketTagging", "PutBucketVersioning"];

/** What docs/faults.md has in its table; each is seen by faults.test.ts. */
export const faultCases: Readonly<Record<string, FaultCase>> = {
  "slow-down": {
    title: "`slow-down` of an upload, twice",
    rule: { fault: "slow-down", operations: put, count: 2 },
    seen: {},
  },
  "internal-error": {
    title: "`internal-error` of a download, twice",
    rule: { fault: "internal-error", operations: get, count: 2 },
    seen: {},
  },
  "lost-answer": {
    title: "`lost-answer` of an upload, once",
    rule: { fault: "lost-answer", operations: put, count: 1 },
    seen: {},
  },
  latency: {
    title: "`latency` of 300 ms",
    rule: { fault: "latency", operations: get, ms: 300, count: 1 },
    seen: {},
  },
  "reset-put": {
    title: "`reset` of an upload, once",
    rule: { fault: "reset", operations: put, count: 1 },
    seen: {},
  },
  "reset-part": {
    title: "`reset` of a part, once",
    work: "parts",
    rule: { fault: "reset", operations: part, count: 1 },
    seen: {},
  },
  "reset-get": {
    title: "`reset` of a download, once",
    rule: { fault: "reset", operations: get, count: 1 },
    seen: { aws: { get: "Connection broken" }, boto3: { get: "ResponseStreamingError" } },
  },
  "torn-answer": {
    title: "`torn-answer`, once",
    rule: { fault: "torn-answer", operations: get, count: 1 },
    seen: { boto3: { get: "ResponseStreamingError" } },
  },
  "damaged-bytes": {
    title: "`damaged-bytes`, once",
    rule: { fault: "damaged-bytes", operations: get, count: 1 },
    seen: {
      own: { get: "IntegrityError" },
      aws: { get: "other bytes" },
      boto3: { get: "FlexibleChecksumError" },
    },
  },
  "wrong-checksum": {
    title: "`wrong-checksum` of a download",
    rule: { fault: "wrong-checksum", operations: get },
    seen: { own: { get: "IntegrityError" }, boto3: { get: "FlexibleChecksumError" } },
    untouched: ["aws", "rclone"],
  },
  "wrong-checksum-part": {
    title: "`wrong-checksum` of a part",
    work: "parts",
    rule: { fault: "wrong-checksum", operations: part },
    seen: { own: { put: "InvalidArgument" }, boto3: { put: "InvalidPart" } },
    untouched: ["aws", "rclone"],
  },
  "wrong-etag": {
    title: "`wrong-etag` of a download",
    rule: { fault: "wrong-etag", operations: get },
    seen: { rclone: { get: "corrupted" } },
  },
  "clock-skew": {
    title: "`clock-skew` of two hours",
    rule: {
      fault: "clock-skew",
      operations: ["PutObject", "GetObject", "HeadObject"],
      seconds: 7200,
    },
    seen: {
      aws: { put: "RequestTimeTooSkewed", get: "403" },
      boto3: { put: "RequestTimeTooSkewed", get: "RequestTimeTooSkewed" },
      rclone: { put: "403", get: "nothing" },
    },
  },
  "stale-read": {
    title: "`stale-read`, once",
    rule: { fault: "stale-read", operations: get, count: 1 },
    seen: {
      own: { get: "NotFound" },
      aws: { get: "NoSuchKey" },
      boto3: { get: "NoSuchKey" },
    },
  },
  "operation-aborted": {
    title: "`operation-aborted` of a setting, once",
    work: "setting",
    rule: { fault: "operation-aborted", operations: settings, count: 1 },
    seen: {
      aws: { settings: "OperationAborted" },
      boto3: { settings: "OperationAborted" },
      rclone: { settings: "OperationAborted" },
    },
  },
  refusal: {
    title: "`refusal` of a setting with NotSignedUp, once",
    work: "setting",
    rule: { fault: "refusal", operations: settings, code: "NotSignedUp", count: 1 },
    seen: {
      own: { settings: "Unauthenticated" },
      aws: { settings: "NotSignedUp" },
      boto3: { settings: "NotSignedUp" },
      rclone: { settings: "NotSignedUp" },
    },
  },
  "throttled-control-plane": {
    title: "`throttled-control-plane`, once",
    work: "setting",
    rule: { fault: "throttled-control-plane", operations: settings, perSecond: 0, count: 1 },
    seen: {},
  },
};

/** All that a client may end with when nothing goes wrong. */
export function goesOn(work: Work): Outcome {
  if (work === "setting") return { settings: "fine" };
  return work === "parts" ? { put: "fine" } : { put: "fine", get: "fine" };
}

/** The rows of the table in docs/faults.md. */
export function faultTable(): readonly string[] {
  return Object.values(faultCases).map(({ title, seen, untouched = [] }) => {
    const cells = faultClients.map((client) =>
      untouched.includes(client) ? "asks for no checksum" : told(seen[client] ?? {}),
    );
    return `| ${[title, ...cells].join(" | ")} |`;
  });
}

const words: Readonly<Record<string, string>> = {
  "other bytes": "**other bytes, without a word**",
  nothing: "**ends well and brings nothing**",
};

function told(outcome: Outcome): string {
  const parts = Object.entries(outcome).map(([what, end]) => [what, words[end] ?? end] as const);
  if (parts.length === 0) return "goes on";
  if (parts.length === 1) return parts.map(([, end]) => end).join("");
  return parts.map(([what, end]) => `${what}: ${end}`).join("; ");
}
