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
