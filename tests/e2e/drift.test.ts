import { chmod, lstat, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveServer, startLiveServer } from "./live-server.ts";

// drift and teardown as processes, the wish in a file.

let live: LiveServer;
const bucket = "sms-e2e-drift";
const wish = () => join(live.folder, "sms-storage.yaml");

beforeAll(async () => {
  live = await startLiveServer();
  await writeFile(wish(), `version: 1\nbucket: ${bucket}\nenvFile: unmanaged\n`);
});

afterAll(() => live.stop());

const administrator = () => ({ env: live.administrator });

describe("drift and teardown", () => {
  it("go by the file, end with 10 on drift, and remove only what is empty", async () => {
    const setup = await live.run(["setup", "--yes"], administrator());
    expect(setup).toMatchObject({ code: 0 });
    expect(setup.stderr).toContain("From file sms-storage.yaml: bucket (line 2)");
    const recorded = await live.run(["drift", "--record"], administrator());
    expect(recorded).toMatchObject({ code: 0 });
    expect(await readFile(join(live.folder, "sms-storage.baseline.json"), "utf8")).toContain(
      bucket,
    );

    const text = `version: 1\nbucket: ${bucket}\nversioning: Suspended # for a test\nlifecycle:\n  testDays: 2\n`;
    // As where it is kept with other files, for all to read.
    const kept = join(live.folder, "kept.yaml");
    await writeFile(kept, text);
    await chmod(kept, 0o664);
    const { mode } = await stat(kept);
    await rm(wish());
    await symlink(kept, wish());
    const drifted = await live.run(["drift", "--no-env"], administrator());
    expect(drifted.code).toBe(10);
    expect(drifted.stdout).toContain("! declared Status Suspended -> Enabled");
    const id = "declared:versioning:Status";
    const accepted = await live.run(["drift", "--no-env", "--accept", id], administrator());
    expect(accepted.stderr).toContain("sms-storage.yaml: versioning is now Enabled");
    expect(accepted).toMatchObject({ code: 10 });
    expect(await readFile(wish(), "utf8")).toBe(text.replace("Suspended #", "Enabled #"));
    expect((await lstat(wish())).isSymbolicLink()).toBe(true);
    expect((await stat(kept)).mode).toBe(mode);

    const unasked = await live.run(["drift", "--no-env", "--revert"], administrator());
    expect(unasked).toMatchObject({ code: 9 });
    expect(unasked.stdout).toContain("Expiration.Days: 7 -> 2");
    const other = "declared:policy:x";
    const none = await live.run(["drift", "--no-env", "--revert", other, "--yes"], administrator());
    expect(none).toMatchObject({ code: 2 });
    expect(none.stderr).toContain("There is: declared:lifecycle:Rule sms-storage-test-files");
    const reverted = await live.run(["drift", "--no-env", "--revert", "--yes"], administrator());
    expect(reverted).toMatchObject({ code: 0 });
    expect(reverted.stdout).toContain("No drift");

    const here = { env: live.administrator, input: "x" };
    const place = `s3://${bucket}`;
    expect((await live.run(["cp", "-", `${place}/a`], here)).code).toBe(0);
    expect((await live.run(["rm", `${place}/a`], administrator())).code).toBe(0);
    // The older version and the delete marker stay.
    const refused = await live.run(["teardown", place, "--confirm", bucket], administrator());
    expect(refused).toMatchObject({ code: 6 });
    expect(refused.stderr).toContain("1 object or version, 1 delete marker");
    const unnamed = await live.run(["teardown", `s3://${live.bucket}`], administrator());
    expect(unnamed.code).toBe(9);
    const misnamed = await live.run(["teardown", place, "--confirm", "other"], administrator());
    expect(misnamed.code).toBe(2);
    const owner = ["teardown", place, "--confirm", bucket, "--owner", "999999999999"];
    expect((await live.run(owner, administrator())).code).toBe(5);

    const fresh = "sms-e2e-torn-down";
    await rm(wish());
    const made = ["setup", "--yes", "--bucket", fresh, "--no-env"];
    expect((await live.run(made, administrator())).code).toBe(0);
    const all = ["rm", "-r", "--versions", "--yes", `s3://${fresh}/`];
    await live.run(all, administrator());
    const torn = await live.run(["teardown", `s3://${fresh}`, "--confirm", fresh], administrator());
    expect(torn).toMatchObject({ code: 0 });
    expect(torn.stderr).toContain("a copy is kept in");
    expect((await live.run(["ls", `s3://${fresh}`], administrator())).code).toBe(3);
  });
});
