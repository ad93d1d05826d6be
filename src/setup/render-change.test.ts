import { describe, expect, it } from "vitest";
import type { Change } from "./aspect.ts";
import { renderChange } from "./render-change.ts";
import { callerRole, callerRoleArn } from "./testing-fixtures/fake-bucket-admin.ts";
import { adminWith, desire, planFor, setUp } from "./testing-fixtures/set-up-once.ts";
import { renderPlan } from "./render-plan.ts";

const change = (before: unknown, after: unknown): Change => ({
  action: "change",
  item: "Thing",
  before,
  after,
  why: "because",
});

describe("renderChange", () => {
  it.each([
    [undefined, "Enabled", ["~   Thing = Enabled: because"]],
    ["Suspended", "Enabled", ["~   Thing Suspended -> Enabled: because"]],
    [["NONE"], ["SSE-C"], ["~   Thing NONE -> SSE-C: because"]],
    [{ a: 1, b: 2 }, { a: 1, b: 3 }, ["~   Thing: because", "      b: 2 -> 3"]],
    [{ a: { b: 1 } }, {}, ["~   Thing: because", "      a.b: 1 -> none"]],
    [{}, { a: { b: ["x", "y"] } }, ["~   Thing: because", "      a.b: x, y"]],
    [{ a: ["x", "y"] }, { a: ["y", "z"] }, ["~   Thing: because", "      a: + z - x"]],
    [{ a: "x" }, undefined, ["~   Thing: because", "      a: x"]],
    [{ a: "\u001B[2K" }, undefined, ["~   Thing: because", String.raw`      a: "\u001b[2K"`]],
    [{ a: "x\n= ok" }, undefined, ["~   Thing: because", String.raw`      a: "x\n= ok"`]],
  ])("%j to %j", (before, after, lines) => {
    expect(renderChange(change(before, after))).toEqual(lines);
  });

  it("puts the risk last, to be seen", () => {
    expect(renderChange({ ...change({}, { a: 1 }), risk: "fire" }).at(-1)).toBe("!     fire");
  });
});

const lab = "arn:aws:iam::999999999999:role/lab";

const warned = async (principal: string) => {
  const desired = desire({ policy: { principals: [principal], form: "stable" } });
  const lines = renderPlan(await planFor({ admin: adminWith() }, desired));
  return lines.some((line) => line.startsWith("! ") && line.includes("another account"));
};

async function textFor(...principals: string[]): Promise<string> {
  const desired = desire({ policy: { principals } });
  return renderPlan(await planFor({ admin: adminWith() }, desired)).join("\n");
}

describe("the text of a plan", () => {
  it("says who may do what, and that they are of another account", async () => {
    const desired = desire({ policy: { principals: [lab], access: "admin" } });
    const text = renderPlan(await planFor({ admin: adminWith() }, desired)).join("\n");
    expect(text).toContain(`Principal.AWS: ${lab}`);
    for (const action of ["s3:ListBucket", "s3:PutObject", "s3:DeleteObjectVersion"]) {
      expect(text).toContain(action);
    }
    expect(text).toMatch(/^! .*another account.*: 999999999999;/m);
  });

  it("says of a change what was and what will be, and nothing of what stays", async () => {
    const admin = adminWith();
    await setUp({ admin });
    const wish = { policy: { access: "least" as const }, lifecycle: { noncurrentDays: 90 } };
    const text = renderPlan(await planFor({ admin }, desire(wish))).join("\n");
    expect(text).toContain("NoncurrentVersionExpiration.NoncurrentDays: 30 -> 90");
    expect(text).toContain("Action: - s3:ListBucketVersions, s3:GetBucketVersioning");
    expect(text).not.toContain("Principal");
    expect(text).not.toContain("DaysAfterInitiation");
  });

  it("says of everybody who was named and gets nothing why that is so", async () => {
    expect(await textFor("arn:aws:iam::999999999999:root", lab)).toMatch(
      /^! .*999999999999:root is a whole account of strangers and gets no access/m,
    );
    expect(await textFor("arn:aws:iam::111122223333:root")).toMatch(
      /^! .*root user needs no Allow/m,
    );
    const ofStrangers = await textFor(`arn:aws:sts::999999999999:assumed-role/${callerRole}/jane`);
    expect(ofStrangers).toContain("cannot be looked up from another account");
    expect(ofStrangers).not.toContain(callerRoleArn);
  });

  it("warns of another account also by a pattern, and not of one's own", async () => {
    expect(await warned(lab)).toBe(true);
    expect(await warned(lab.replace(/\d{12}/, "111122223333"))).toBe(false);
  });
});
