import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseWorld } from "./parse-world.ts";

const example = readFileSync(new URL("testing-fixtures/world.yaml", import.meta.url), "utf8");

function faultsOf(text: string): string {
  try {
    parseWorld(text, "world.yaml", { region: "us-east-1" });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "none";
}

/** The example with one piece of its text changed. */
function changed(from: string, to: string): string {
  expect(example.split(from).length).toBe(2);
  return example.replace(from, to);
}

const account = (yaml: string) =>
  `version: 1\naccounts:\n  "111122223333":\n${yaml.replace(/^/gm, "    ")}\n`;

/** A trail of the account; its text stands in line 6 from column 9 on. */
const trailIn = (text: string, more = ""): string =>
  `${account(`buckets: { near: {} }\ntrails:\n  trail: {${text}}`)}  ${more}\n`.replace(
    /\n {2}\n$/,
    "\n",
  );

const recording = (bucket: string, audited: string): string =>
  `{bucket: ${bucket}, eventSelectors: [{DataResources: [{Type: "AWS::S3::Object", Values: ["arn:aws:s3:::${audited}/"]}]}]}`;

it.each<readonly [what: string, text: string, expected: RegExp]>([
  [
    "a trail's bucket that is not there",
    changed("        bucket: audit\n        logging", "        bucket: audits\n        logging"),
    /^world\.yaml:\d+:17: \S+\.trails\.reads\.bucket is no bucket of this world; did you mean audit, or declare it in accounts\.111122223333\.buckets\.$/,
  ],
  [
    "a trail's bucket of another account",
    trailIn("bucket: far", '"444455556666":\n    buckets: { far: {} }'),
    /^world\.yaml:6:23: \S+\.trail\.bucket is a bucket of account 444455556666, and has no policy that lets cloudtrail\.amazonaws\.com for account 111122223333 write; /,
  ],
  [
    "a trail's bucket whose policy keeps it out",
    changed("        bucket: audit\n        logging", "        bucket: sims\n        logging"),
    /\.trails\.reads\.bucket has a policy that does not let cloudtrail\.amazonaws\.com for account 111122223333 do s3:GetBucketAcl; allow it there, or leave the policy out/,
  ],
  [
    "a trail of what it writes itself",
    trailIn(
      `bucket: near, eventSelectors: [{DataResources: [{Type: "AWS::S3::Object", Values: ["arn:aws:s3"]}]}]`,
    ),
    /^world\.yaml:6:23: \S+\.trail\.bucket is a bucket whose data events the trail records, so that each of its files would make another; /,
  ],
  [
    "two trails that record each other",
    account(
      `buckets: { one: {}, two: {} }\ntrails:\n  a1a: ${recording("one", "two")}\n  b1b: ${recording("two", "one")}`,
    ),
    /a1a\.bucket makes a loop with the trail b1b: each records what the other writes\.\n.*b1b\.bucket makes a loop/,
  ],
  [
    "a trail's name",
    account("buckets: { near: {} }\ntrails: { my--trail: { bucket: near } }"),
    /^world\.yaml:5:15: \S+\.trails\.my--trail is no name for this; it takes 3 to 128 letters and digits, single/,
  ],
  [
    "a trail's name given twice",
    account("buckets: { near: {} }\ntrails:\n  one: {bucket: near}\n  one: {bucket: near}"),
    /^world\.yaml:7:7: \S+\.trails\.one is a name that stands here twice\.$/,
  ],
  [
    "selectors of both kinds",
    trailIn("bucket: near, eventSelectors: [{}], advancedEventSelectors: [{FieldSelectors: []}]"),
    /advancedEventSelectors\[0\] is refused by CloudTrail: Each advanced event selector needs one field eventCategory/,
  ],
  [
    "a selector of a bucket without its slash",
    trailIn(
      `bucket: near, eventSelectors: [{}, {DataResources: [{Type: "AWS::S3::Object", Values: ["arn:aws:s3:::x"]}]}]`,
    ),
    /^world\.yaml:6:\d+: \S+\.trail\.eventSelectors\[1\] is refused by CloudTrail: Value arn:aws:s3:::x for DataResources\.Values is invalid\. /,
  ],
  [
    "a field that selectors do not have",
    trailIn("bucket: near, advancedEventSelectors: [{FieldSelectors: [{Field: eventnam}]}]"),
    /FieldSelectors\[0\]\.Field must be eventCategory or eventName .*; eventName\?$/,
  ],
  [
    "six trails in a region, those of all regions counted",
    account(
      `buckets: { near: {} }\ntrails:\n${[1, 2, 3, 4, 5, 6]
        .map((n) => `  trail${n}: {bucket: near, multiRegion: ${n < 6}}`)
        .join("\n")}`,
    ),
    /^world\.yaml:11:7: \S+\.trail6 is a trail too many: 5 are allowed in a region/,
  ],
  [
    "a trail of all regions without the services that have none",
    trailIn("bucket: near, multiRegion: true, globalEvents: false"),
    /trail\.globalEvents must be true/,
  ],
])("%s is refused, with place and reason", (_what, text, expected) => {
  expect(faultsOf(text)).toMatch(expected);
});
