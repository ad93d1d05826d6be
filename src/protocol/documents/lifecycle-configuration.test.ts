import { describe, expect, it } from "vitest";
import type { LifecycleConfiguration } from "../../core/bucket-settings.ts";
import { S3Error } from "../s3-error.ts";
import { renderXml, s3Namespace } from "../xml/render.ts";
import { lifecycleConfiguration, withRuleIds } from "./lifecycle-configuration.ts";

function document(rule: string): string {
  return (
    `<LifecycleConfiguration xmlns="${s3Namespace}"><Rule><Status>Enabled</Status>${rule}</Rule>` +
    "</LifecycleConfiguration>"
  );
}

function ruleOf(inner: string) {
  return lifecycleConfiguration.parse(document(inner)).Rules[0];
}

const everything: LifecycleConfiguration = {
  Rules: [
    {
      ID: "all",
      Status: "Enabled",
      Filter: {
        And: {
          Prefix: "logs/",
          Tags: [
            { Key: "a", Value: "1" },
            { Key: "b", Value: "" },
          ],
          ObjectSizeGreaterThan: 0,
          ObjectSizeLessThan: 1_000_000,
        },
      },
      Expiration: { Days: 30 },
      NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 },
      Transitions: [
        { Days: 10, StorageClass: "GLACIER" },
        { Date: "2026-01-01T00:00:00.000Z", StorageClass: "DEEP_ARCHIVE" },
      ],
      NoncurrentVersionTransitions: [{ NoncurrentDays: 5, StorageClass: "GLACIER" }],
    },
    {
      ID: "abort",
      Status: "Disabled",
      Filter: {},
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
    {
      ID: "legacy",
      Status: "Enabled",
      Prefix: "",
      Expiration: { ExpiredObjectDeleteMarker: true },
    },
    {
      ID: "tag",
      Status: "Enabled",
      Filter: { Tag: { Key: "k", Value: "v" } },
      Expiration: { Date: "2026-01-01T00:00:00.000Z" },
    },
    {
      ID: "size",
      Status: "Enabled",
      Filter: { ObjectSizeGreaterThan: 5 },
      Expiration: { Days: 1 },
    },
  ],
};

describe("lifecycle configuration", () => {
  it("comes back as it was", () => {
    const text = renderXml(lifecycleConfiguration.render(everything), { namespace: s3Namespace });
    expect(lifecycleConfiguration.parse(text)).toEqual(everything);
  });

  it("tells an empty filter from none, and an empty prefix from none", () => {
    expect(ruleOf("<Filter/>")).toEqual({ Status: "Enabled", Filter: {} });
    expect(ruleOf("<Filter><Prefix/></Filter>")).toEqual({
      Status: "Enabled",
      Filter: { Prefix: "" },
    });
    expect(ruleOf("<Prefix/>")).toEqual({ Status: "Enabled", Prefix: "" });
    expect(ruleOf("")).toEqual({ Status: "Enabled" });
  });

  it("keeps what is wrong in meaning for the caller to judge", () => {
    expect(ruleOf("<Expiration><Days>-1</Days></Expiration>")?.Expiration).toEqual({ Days: -1 });
    const mixed = "<Filter><Prefix>a</Prefix><ObjectSizeLessThan>1</ObjectSizeLessThan></Filter>";
    expect(ruleOf(mixed)?.Filter).toEqual({ Prefix: "a", ObjectSizeLessThan: 1 });
  });

  it.each([
    ["2026-01-01", "2026-01-01T00:00:00.000Z"],
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"],
    ["2026-01-01T00:00:00", "2026-01-01T00:00:00.000Z"],
    ["2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00.000Z"],
  ])("reads the date %s as %s", (text, date) => {
    expect(ruleOf(`<Expiration><Date>${text}</Date></Expiration>`)?.Expiration).toEqual({
      Date: date,
    });
  });

  it.each([
    "<LifecycleConfiguration/>",
    "<Lifecycle/>",
    document("").replace("<Status>Enabled</Status>", ""),
    document("").replace("Enabled", "enabled"),
    document("<Id>x</Id>"),
    document("<ID>x</ID><ID>y</ID>"),
    document("<Prefix>a</Prefix><Prefix>b</Prefix>"),
    document("<Filter><Tag><Key>a</Key></Tag></Filter>"),
    document("<Filter><Tag><Key>a</Key><Value/></Tag><Tag><Key>b</Key><Value/></Tag></Filter>"),
    document("<Filter><And><Size>1</Size></And></Filter>"),
    document("<Expiration><Days>one</Days></Expiration>"),
    document("<Expiration><Days>1.5</Days></Expiration>"),
    document("<Expiration><Days>1234567890123456</Days></Expiration>"),
    document("<Expiration><Days/></Expiration>"),
    document("<Expiration><Day>1</Day></Expiration>"),
    document("<Expiration><Date>tomorrow</Date></Expiration>"),
    document("<Expiration><Date>2026-13-01</Date></Expiration>"),
    document("<Transition><Days>1</Days></Transition>"),
    document("<AbortIncompleteMultipartUpload/>"),
    document("<NoncurrentVersionExpiration><Days>1</Days></NoncurrentVersionExpiration>"),
  ])("refuses %s as MalformedXML", (text) => {
    expect(() => lifecycleConfiguration.parse(text)).toThrow(S3Error);
    expect(() => lifecycleConfiguration.parse(text)).toThrow(/not well-formed/);
  });
});

describe("withRuleIds", () => {
  it("names only the rules without a name", () => {
    const rule = { Status: "Enabled", Prefix: "" } as const;
    const named = withRuleIds(
      { Rules: [{ ...rule, ID: "mine" }, rule, { ...rule, ID: "" }] },
      () => "made",
    );
    expect(named.Rules.map(({ ID }) => ID)).toEqual(["mine", "made", "made"]);
  });
});
