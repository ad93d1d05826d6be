import { expect, test } from "vitest";
import { parsePersonality } from "./parse-personality.ts";
import { holdsIn, operationsSince, qumuloFacts, qumuloHeaders } from "./qumulo-facts.ts";
import { isAtLeast, parseQumuloVersion } from "./qumulo-version.ts";

test("a store and its version are understood", () => {
  expect(parsePersonality("aws")).toBeUndefined();
  for (const version of ["latest", "5.3.3", "6.2", "6.3", "7.0", "7.1.2", "7.2.x", "7.2.3.1"]) {
    expect(parsePersonality(`qumulo@${version}`)).toMatchObject({ name: "qumulo", version });
  }
  expect(parsePersonality("qumulo", "Busy:409")).toMatchObject({ version: "latest" });
});

test.each([
  ["ceph", undefined, "There is no personality ceph."],
  ["aws@1", undefined, "There is no personality aws@1."],
  ["", undefined, "No personality is named."],
  ["qumulo@", undefined, "Behind qumulo@ stands no version of Qumulo Core."],
  ["qumulo@seven", undefined, "seven is no version of Qumulo Core."],
  ["qumulo@4.9", undefined, "Qumulo Core 4.9 had no complete S3; that came with 5.3.3."],
  ["qumulo", "Access Denied", "Access Denied does not say how an overwrite is refused."],
  ["qumulo", "AccessDenied:200", "AccessDenied:200 does not say how an overwrite is refused."],
  ["aws", "AccessDenied", "AWS S3 overwrites objects, so that there is no refusal to choose."],
])("%s with %s is refused", (text, refusal, message) => {
  expect(() => parsePersonality(text, refusal)).toThrow(
    expect.objectContaining({ code: "ConfigurationError", message, remedy: expect.any(String) }),
  );
});

const at = (version: string, since: string) => isAtLeast(parseQumuloVersion(version), since);

test("versions are compared by their numbers", () => {
  expect(at("7.0", "7.0.0.1")).toBe(false);
  expect(at("7.0.1.1", "7.0.1.1")).toBe(true);
  expect(at("7.2.x", "7.2.3.1")).toBe(true);
  expect(at("7.2.x", "7.3")).toBe(false);
  expect(at("10.0", "7.2")).toBe(true);
  expect(at("latest", "99.1")).toBe(true);
});

test("every fact has evidence, and holds from where it says", () => {
  const facts = [...Object.values(qumuloFacts), ...qumuloHeaders];
  for (const { what, evidence } of facts) {
    expect(what).not.toBe("");
    expect(["documented", "observed", "inferred", "unknown"]).toContain(evidence.kind);
  }
  for (const since of Object.values(operationsSince)) expect(since).toMatch(/^\d+(\.\d+){1,3}$/);
  const metadata = qumuloHeaders.find(({ header }) => header === "x-amz-meta-*");
  expect(metadata && holdsIn(metadata, parseQumuloVersion("6.2"))).toBe(true);
  expect(metadata && holdsIn(metadata, parseQumuloVersion("6.3"))).toBe(false);
});
