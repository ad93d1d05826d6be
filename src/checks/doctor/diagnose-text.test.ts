import { describe, expect, it, test } from "vitest";
import { diagnoseText } from "./diagnose-text.ts";

const own = {
  bucket: "mine",
  region: "eu-west-3",
  endpointUrl: "http://127.0.0.1:9000",
  partition: "aws",
  store: "s3",
  profile: "me",
} as const;

const whole = (text: string) => JSON.stringify(diagnoseText(text, own));

describe("the bucket is that of the text", () => {
  it.each([
    [
      "lab-real",
      "upload failed: a.txt to s3://lab-real/a.txt An error occurred (NoSuchBucket) when calling the PutObject operation: The specified bucket does not exist",
    ],
    ["nosuch", 'ERROR "ls s3://nosuch": NoSuchBucket: The specified bucket does not exist'],
    ["b", 'ERROR "cp x s3://b/x": AccessDenied: Access Denied'],
    ["gone", 'ERROR "cp s3://gone/k x": NoSuchKey: The specified key does not exist.'],
    ["inarn", "NoSuchBucket: arn:aws:s3:::inarn/k"],
    ["virtual", 'Get "https://virtual.s3.eu-west-1.amazonaws.com/k": NoSuchBucket'],
    ["path", 'Get "https://s3.eu-west-1.amazonaws.com/path/k": NoSuchBucket'],
    ["other", 'Get "http://store.example:9000/other/k": NoSuchBucket'],
    ["inxml", "<Error><Code>NoSuchBucket</Code><BucketName>inxml</BucketName></Error>"],
    ["inpath", "<Error><Code>NoSuchKey</Code><Resource>/inpath/a/k</Resource></Error>"],
    ["field", "NoSuchBucket\nBucket: field"],
    ["shown", "NoSuchBucket: not there { Code: 'NoSuchBucket', BucketName: 'shown' }"],
    ["ours", "PutObject of ours/a.txt: AccessDenied (403): Access Denied"],
  ])("%s", (bucket, text) => {
    const finding = diagnoseText(text, own);
    const { commands = [], statements = [] } = finding.remedy ?? {};
    expect([...commands, JSON.stringify(statements), finding.cause].join("\n")).toMatch(
      new RegExp(`(?:s3://|--bucket |:::|name )${bucket}\\b`),
    );
    expect(whole(text)).not.toMatch(/mine|127\.0\.0\.1|eu-west-3|"me"|profile me/);
  });
});

it("is left open where the text names none, or several", () => {
  const { remedy } = diagnoseText("NoSuchBucket", own);
  expect(remedy?.commands).toContain(
    "sms-storage setup --bucket BUCKET --endpoint-url http://127.0.0.1:9000",
  );
  expect(whole("copy failed: s3://one/x to s3://two/x NoSuchBucket")).toContain("--bucket BUCKET");
});

it("is that of the settings where the text names it, with the endpoint of the settings", () => {
  const { remedy } = diagnoseText('ERROR "ls s3://mine": NoSuchBucket: no', own);
  expect(remedy?.commands).toContain(
    "sms-storage setup --bucket mine --endpoint-url http://127.0.0.1:9000",
  );
  expect(remedy?.text).not.toContain("another place");
});

it("aims commands at the endpoint that the text names", () => {
  const { remedy } = diagnoseText("http://store.example:9000/b3/k NoSuchBucket", own);
  expect(remedy?.commands).toContain(
    "sms-storage setup --bucket b3 --endpoint-url http://store.example:9000",
  );
});

test.each([
  ["D22", "likely", "PermissionError: [Errno 1] Forbidden"],
  ["D26", "possible", "FileNotFoundError: lab/run 1/a.csv"],
  ["D42", "likely", "s3fs: could not determine how to establish security credentials."],
  [
    "D25",
    "certain",
    "s3fs.cpp:s3fs_check_service(3572): bucket not found(host=https://h) - result",
  ],
  ["D38", "possible", "s3fs.cpp:s3fs_check_service(3572): Bad Request(host=https://h) - result"],
])("%s (%s) stands behind %s", (id, confidence, text) => {
  expect(diagnoseText(text, own)).toMatchObject({ id, confidence });
});

test.each(["quite unheard of", "Access Denied", "PermissionError: [Errno 1] Forbidden"])(
  "what the text of %s does not tell, a run without --error does",
  (text) => {
    const { remedy, title } = diagnoseText(text, own);
    expect(remedy?.commands?.[0]).toBe("sms-storage doctor --endpoint-url http://127.0.0.1:9000");
    expect(remedy?.text).toMatch(/^Run doctor without --error/);
    expect(title).not.toMatch(/another account's/);
  },
);

test("a connection that is refused on this machine names host and port, and no proxy", () => {
  const text = 'Could not connect to the endpoint URL: "http://127.0.0.1:9000/"';
  const { cause, remedy } = diagnoseText(text, own);
  expect(cause).toMatch(/^Nothing listens at 127\.0\.0\.1:9000/);
  expect(remedy?.commands).toEqual([]);
});

test("a token of SSO that is missing names its profile, and no code", () => {
  const { id, evidence, remedy } = diagnoseText(
    "Error loading SSO Token: Token for lab does not exist",
    own,
  );
  expect([id, evidence]).toEqual(["D43", []]);
  expect(remedy?.commands).toEqual(["sms-storage login --profile lab"]);
});

test("texts of any length are read in one pass", () => {
  for (const piece of [
    "s3://",
    "http://a/",
    "arn:aws:s3:::",
    "Key: '",
    "Get of ",
    "A",
    "<Resource>/",
  ]) {
    expect(diagnoseText(piece.repeat(20_000), own).confidence).toBeDefined();
  }
});
