import { expect, test } from "vitest";
import { diagnose } from "../../src/checks/doctor/diagnose.ts";
import { readErrorText } from "../../src/checks/doctor/read-error-text.ts";
import { pastedPlace } from "./pasted-place.ts";

// What came back of a presigned link, pasted as browsers, curl, wget and programs show it.

const found = (text: string) => diagnose(readErrorText(text), pastedPlace, "objects");

const linkTo =
  "https://lab.s3.eu-west-1.amazonaws.com/a/b%20c.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256";
const signedLink = (keys: string, more = "") =>
  `${linkTo}&X-Amz-Credential=${keys}%2F20261101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20261101T000000Z` +
  `&X-Amz-Expires=3600&X-Amz-SignedHeaders=host${more}&X-Amz-Signature=0123abcd`;
const ofUser = signedLink("AKIAIOSFODNN7EXAMPLE");
const ofSession = signedLink("ASIAIOSFODNN7EXAMPLE", "&X-Amz-Security-Token=IQoJ");
const ended = (more: string) =>
  `<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message>${more}</Error>`;
const whenEnded =
  "<X-Amz-Expires>3600</X-Amz-Expires><Expires>2026-11-01T01:00:00Z</Expires><ServerTime>2026-11-01T04:05:00Z</ServerTime>";

test.each([
  ["D70", "certain", ended(whenEnded)],
  ["D70", "certain", "Request has expired"],
  ["D70", "certain", "403 Forbidden: Request has expired"],
  ["D70", "certain", `${ofSession}\n<Error><Code>ExpiredToken</Code></Error>`],
  ["D70", "likely", `curl: (22) The requested URL returned error: 403 ${ofUser}`],
  [
    "D70",
    "likely",
    `requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: ${ofUser}`,
  ],
  ["D70", "likely", `--2026-- ${ofUser}\n2026-11-01 04:00:00 ERROR 403: Forbidden.`],
  ["D70", "likely", `AccessDenied: ${linkTo}?AWSAccessKeyId=A&Expires=1793500000&Signature=x%3D`],
  ["D38", "certain", "<Error><Code>ExpiredToken</Code><Message>x</Message></Error>"],
  [
    "D41",
    "likely",
    "<Error><Code>AccessDenied</Code><Message>Request is not valid yet</Message></Error>",
  ],
  ["D41", "likely", "RequestExpired"],
  ["D71", "likely", `SignatureDoesNotMatch ${ofUser}`],
  ["D71", "certain", "There were headers present in the request which were not signed"],
  [
    "D71",
    "certain",
    "<Error><Code>AuthorizationQueryParametersError</Code><Message>Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.</Message></Error>",
  ],
  [
    "D71",
    "certain",
    "<Error><Code>AuthorizationQueryParametersError</Code><Message>X-Amz-Expires must be less than a week (in seconds)</Message></Error>",
  ],
  ["D71", "likely", "AuthorizationQueryParametersError"],
  ["D40", "certain", "SignatureDoesNotMatch"],
])("of a link: %s (%s) stands behind %s", (id, confidence, text) => {
  const finding = diagnose(
    readErrorText(text, new Date("2026-11-27T00:00:00Z")),
    pastedPlace,
    "objects",
  );
  expect([finding.id, finding.confidence]).toEqual([id, confidence]);
});

test("what may stand behind an ended link is no policy, and a region is no link's fault", () => {
  const also = (text: string) => found(text).alsoPossible.map(({ id }) => id);
  expect(also(ended(whenEnded))).toEqual(["D41"]);
  expect(also("<Error><Code>ExpiredToken</Code></Error>")).toEqual(["D70"]);
  const region =
    "<Code>AuthorizationQueryParametersError</Code><Message>the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message>";
  expect(found(region).id).toBe("D35");
  expect(also(region)).toEqual([]);
});

test("a link that is refused before its end is refused for another cause", () => {
  const early = readErrorText(`AccessDenied ${ofUser}`, new Date("2026-11-01T00:59:00Z"));
  const { id, evidence, alsoPossible } = diagnose(early, pastedPlace, "objects");
  expect(id).toBe("D22");
  expect(alsoPossible.map((each) => each.id)).not.toContain("D70");
  expect(evidence).toContain("the link ends at 2026-11-01T01:00:00Z, in 60 s");
});

test.each([
  [
    ended(whenEnded),
    [
      "the link ended at 2026-11-01T01:00:00Z, 3 h 5 min before the store answered",
      "it was made for 1 h",
    ],
  ],
  [
    `AccessDenied ${ofSession}`,
    [
      "the link ended at 2026-11-01T01:00:00Z, 25 d 23 h ago",
      "it was made for 1 h",
      "temporary credentials signed it: it ends with them at the latest",
    ],
  ],
  [
    `{ Code: 'AccessDenied', 'X-Amz-Expires': '90', Expires: '2026-11-01T01:00:00Z' }\nRequest has expired`,
    ["the link ended at 2026-11-01T01:00:00Z, 25 d 23 h ago", "it was made for 90 s"],
  ],
])("evidence of a link: %s", (text, lines) => {
  const finding = diagnose(
    readErrorText(text, new Date("2026-11-27T00:00:00Z")),
    pastedPlace,
    "objects",
  );
  expect(finding.evidence).toEqual(expect.arrayContaining([...lines]));
});
