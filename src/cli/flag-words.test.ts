import { expect, it } from "vitest";
import { inFlags } from "./flag-words.ts";

it.each([
  ["If it may, raise maxEntries.", "If it may, raise --max-entries."],
  ['Or onUnsafe: "report" for all.', "Or --on-unsafe report for all."],
  ['Let it say: onMissing: "report".', "Let it say: --on-missing report."],
  ["allowEmpty: true makes one of nothing.", "--allow-empty makes one of nothing."],
  [
    "Choose another key, or leave ifAbsent out.",
    "Choose another key, or leave --no-overwrite out.",
  ],
  [
    "Run sms-storage ls --recursive s3://Bucket/Key",
    "Run sms-storage ls --recursive s3://Bucket/Key",
  ],
])("%s", (remedy, words) => {
  expect(inFlags(remedy)).toBe(words);
});
