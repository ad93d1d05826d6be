import { expect, test } from "vitest";
import { testRule } from "./lifecycle-rules.ts";
import { shorteningNotes } from "./shortening-notes.ts";

const rule = testRule({
  testPrefix: "test/",
  testDays: 7,
  noncurrentDays: 30,
  abortUploadDays: 7,
  testStatus: "Enabled",
  cleanUpStatus: "Enabled",
});

test.each([
  [6, 0],
  [7, 0],
  [8, 1],
])("7 days beside a foreign rule of %d days: %d warnings", (Days, count) => {
  const foreign = { ID: "theirs", Filter: { Prefix: "" }, Expiration: { Days } };
  const notes = shorteningNotes({ rule, existing: undefined }, [{ ...foreign, Status: "Enabled" }]);
  expect(notes).toHaveLength(count);
});

test("the newest versions that a rule kept are told of versions alone", () => {
  const existing = {
    ...rule,
    Expiration: { Days: 9 },
    NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 5 },
  };
  const texts = shorteningNotes({ rule, existing }, []).map(({ text }) => text);
  expect(texts[0]).toContain("Objects under test/ are deleted after 7 days instead of 9;");
  expect(texts[1]).toContain("instead of never for the newest 5;");
});
