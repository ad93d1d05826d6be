import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandPath, ownCommand } from "./command.ts";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// ls, cat, head, exists and presign as processes, on the built command.

let live: LiveServer;
let count = 0;

beforeAll(async () => {
  live = await startLiveServer();
});

afterAll(() => live.stop());

/** A prefix of its own for each test. */
const freshPrefix = () => `t${(count += 1)}/`;

async function put(key: string, text: string): Promise<void> {
  const result = await live.run(["cp", "-", live.uri(key)], { input: text });
  expect(result).toMatchObject({ code: 0 });
}

async function get(key: string): Promise<string> {
  return (await live.run(["cat", live.uri(key)])).stdout;
}

async function link(...args: string[]): Promise<string> {
  return (await live.run(["presign", ...args])).stdout.trim();
}

describe("ls", () => {
  it("shows a folder, all below it, its sums, and says when there is more", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a.txt`, "12345");
    await put(`${prefix}sub/b.txt`, "1");
    const folder = await live.run(["ls", prefix]);
    expect(folder.stdout).toMatch(/^ +PRE sub\/\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +5 a\.txt\n$/);
    const all = await live.run(["ls", "-r", "--summarize", live.uri(prefix)]);
    expect(all.stdout).toContain(`${prefix}sub/b.txt\n`);
    expect(all.stdout).toMatch(/\n2 objects, 6 bytes\n$/);
    const limited = await live.run(["ls", "-r", "--limit", "1", prefix]);
    expect(limited.stdout.trim().split("\n")).toHaveLength(1);
    expect(limited.stderr).toBe("Stopped after 1 entries; there are more.\n");
    expect(limited.code).toBe(0);
  });

  it("gives records with --json, and nothing else on stdout", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a.txt`, "12345");
    await put(`${prefix}sub/b.txt`, "1");
    const { stdout, stderr } = await live.run(["ls", "--json", prefix]);
    expect(records(stdout)).toEqual([
      { type: "prefix", bucket: live.bucket, prefix: `${prefix}sub/` },
      expect.objectContaining({ type: "object", key: `${prefix}a.txt`, sizeBytes: 5 }),
    ]);
    expect(stderr).toBe("");
    const whole = await live.run(["ls", "--json", "--summarize", prefix]);
    expect(records(whole.stdout).at(-1)).toEqual({
      type: "summary",
      objects: 1,
      prefixes: 1,
      bytes: 5,
      truncated: false,
    });
  });

  it("ends with 3 where there is nothing", async () => {
    const result = await live.run(["ls", "nothing-here/"]);
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expect(result.stderr).toContain(live.uri("nothing-here/"));
  });
});

describe("cat", () => {
  it("writes several objects, or a range of one", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a`, "0123456789");
    await put(`${prefix}b`, "abc");
    const a = live.uri(`${prefix}a`);
    expect((await live.run(["cat", `${prefix}a`, `${prefix}b`])).stdout).toBe("0123456789abc");
    expect((await live.run(["cat", "--range", "2-4", a])).stdout).toBe("234");
    expect((await live.run(["cat", "--range", "8-", a])).stdout).toBe("89");
    expect((await live.run(["cat", "--range", "-3", a])).stdout).toBe("789");
    expect((await live.run(["cat", "--range", "10-20", a])).code).toBe(2);
    expect((await live.run(["cat", "--range", "x", a])).code).toBe(2);
  });

  it("takes sizes for an end or a beginning, and one of them alone", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a`, "0123456789");
    expect((await live.run(["cat", "--tail", "3", `${prefix}a`])).stdout).toBe("789");
    expect((await live.run(["cat", "--tail", "1KiB", `${prefix}a`])).stdout).toBe("0123456789");
    expect((await live.run(["cat", "--offset", "8B", `${prefix}a`])).stdout).toBe("89");
    const both = await live.run(["cat", "--offset", "1", "--tail", "1", `${prefix}a`]);
    expect(both).toMatchObject({ code: 2, stdout: "" });
  });

  it("writes all that fit a pattern in key order, and an exact key before the pattern", async () => {
    const prefix = freshPrefix();
    for (const name of ["p-1", "p-2", "p-10", "q", "p-[1]"]) await put(prefix + name, `${name};`);
    expect((await live.run(["cat", `${prefix}p-?`])).stdout).toBe("p-1;p-2;");
    expect((await live.run(["cat", live.uri(`${prefix}*1*`)])).stdout).toBe("p-1;p-10;p-[1];");
    expect((await live.run(["cat", `${prefix}p-[1]`])).stdout).toBe("p-[1];");
    expect((await live.run(["cat", `${prefix}p-[12]`])).stdout).toBe("p-1;p-2;");
    const none = await live.run(["cat", `${prefix}r*`]);
    expect(none).toMatchObject({ code: 3, stdout: "" });
    expect(none.stderr).toContain("No object fits");
    expect((await live.run(["cat", "--raw", `${prefix}p-*`])).code).toBe(3);
    expect(
      (await live.run(["head", "--json", `${prefix}p-?`])).stdout.trim().split("\n"),
    ).toHaveLength(2);
  });

  it("ends with 3 for what is missing and says what to look at", async () => {
    const result = await live.run(["cat", live.uri("exp-1/none")]);
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expect(result.stderr).toContain(
      `next: See what is there: ${ownCommand} ls ${live.uri("exp-1/")}`,
    );
  });

  it("ends quietly when its reader has seen enough", async () => {
    const prefix = freshPrefix();
    await live.run(["cp", "-", live.uri(`${prefix}big`)], {
      input: Buffer.alloc(4_000_000, "x\n"),
    });
    const script = '"$NODE" "$COMMAND" cat "$KEY" | head -1; exit "${PIPESTATUS[0]}"';
    const env = { ...live.env, NODE: process.execPath, COMMAND: commandPath, KEY: `${prefix}big` };
    const result = spawnSync("bash", ["-c", script], {
      cwd: live.folder,
      env: { PATH: process.env["PATH"], ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(result).toMatchObject({ status: 0, stdout: "x\n", stderr: "" });
  });
});

describe("exists", () => {
  it("is 0 for there, 3 for proven missing", async () => {
    await put("there", "");
    expect((await live.run(["exists", "there"])).code).toBe(0);
    expect((await live.run(["exists", "not-there"])).code).toBe(3);
    const quiet = await live.run(["exists", "--quiet", "not-there"]);
    expect(quiet).toMatchObject({ code: 3, stdout: "", stderr: "" });
    const json = await live.run(["exists", "--json", "not-there"]);
    expect(records(json.stdout)).toEqual([
      { type: "exists", bucket: live.bucket, key: "not-there", exists: false },
    ]);
  });

  it("is an error, never a no, when it cannot be known", async () => {
    await put("there", "");
    const denied = await live.run(["exists", "there"], { env: live.powerless });
    expect(denied.code).toBe(5);
    const expired = await live.run(["exists", "not-there"], { env: live.expired });
    expect(expired.code).toBe(4);
    expect(expired.stderr).toContain("next:");
    const nowhere = await live.run([
      "exists",
      "x",
      "--endpoint-url",
      "http://127.0.0.1:1",
      "--retry-seconds",
      "0",
    ]);
    expect(nowhere.code).toBe(75);
    expect((await live.run(["exists", "s3://no-such-bucket-x/a"])).code).toBe(2);
  });
});

describe("head", () => {
  it("shows an earlier version, and ends with 3 for what is missing", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a`, "old");
    const { stdout } = await live.run(["head", "--json", `${prefix}a`]);
    const versionId = String(records(stdout)[0]?.["versionId"]);
    await put(`${prefix}a`, "newer");
    const old = await live.run(["head", "--json", "--version-id", versionId, `${prefix}a`]);
    expect(records(old.stdout)[0]).toMatchObject({ sizeBytes: 3, versionId });
    expect((await live.run(["cat", "--version-id", versionId, `${prefix}a`])).stdout).toBe("old");
    expect((await live.run(["head", "nothing"])).code).toBe(3);
  });
});

describe("presign", () => {
  it("makes links to read and to write without credentials", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a b+c`, "by link");
    const response = await fetch(await link(`${prefix}a b+c`));
    expect(await response.text()).toBe("by link");
    const put2 = await fetch(await link("--method", "PUT", `${prefix}up`), {
      method: "PUT",
      body: "uploaded",
    });
    expect(put2.status).toBe(200);
    expect(await get(`${prefix}up`)).toBe("uploaded");
    expect((await fetch(await link(`${prefix}up`), { method: "PUT", body: "x" })).status).toBe(403);
  });

  it("chooses the headers of the answer, and of the upload", async () => {
    const prefix = freshPrefix();
    await put(`${prefix}a`, "x");
    const disposition = 'attachment; filename="run 1.tsv"';
    const args = ["--response-content-disposition", disposition, "--response-expires", "0"];
    const response = await fetch(await link(...args, `${prefix}a`));
    expect(response.headers.get("content-disposition")).toBe(disposition);
    expect(response.headers.get("expires")).toBe("0");
    const up = await link("--method", "PUT", "--content-type", "text/x-table", `${prefix}b`);
    const send = (type: string) =>
      fetch(up, { method: "PUT", body: "y", headers: { "content-type": type } });
    expect((await send("text/plain")).status).toBe(403);
    expect((await send("text/x-table")).status).toBe(200);
    const wrong = await live.run(["presign", "--method", "PUT", ...args, `${prefix}a`]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect((await live.run(["presign", "--content-type", "a/b", `${prefix}a`])).code).toBe(2);
  });

  it("says that a link may end with temporary keys of which the end is not known", async () => {
    const result = await live.run(["presign", "--json", "there"]);
    expect(records(result.stdout)[0]).toMatchObject({ mayEndEarlier: true, method: "GET" });
    const lasting = await live.run(["presign", "--json", "there"], { env: live.administrator });
    expect(records(lasting.stdout)[0]).toMatchObject({ mayEndEarlier: false });
  });

  it("says when a link ends, and it does", async () => {
    await put("soon", "x");
    const result = await live.run(["presign", "--json", "--expires-in", "1", "soon"]);
    const [record] = records(result.stdout);
    expect(record).toMatchObject({ limitedBy: "requested" });
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const response = await fetch(String(record?.["url"]));
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("Request has expired");
  });

  it.each(["0", "8d", "-1", "1w", "x"])("refuses to let it end in %s", async (time) => {
    const result = await live.run(["presign", `--expires-in=${time}`, "soon"]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("du", () => {
  it("adds up a prefix and its folders, versions on request", async () => {
    const prefix = freshPrefix();
    for (const [name, text] of [
      ["a", "1"],
      ["x/b", "22"],
      ["x/y/c", "333"],
      ["x/y/c", "4444"],
    ] as const) {
      await put(prefix + name, text);
    }
    const text = await live.run(["du", "--depth", "1", prefix]);
    const line = (bytes: number, objects: number, key: string) =>
      `${String(bytes).padStart(14)} ${String(objects).padStart(10)} ${live.uri(prefix + key)}\n`;
    expect(text.stdout).toBe(line(6, 2, "x/") + line(7, 3, ""));
    const { stdout } = await live.run(["du", "--json", "--versions", "--by-class", prefix]);
    expect(records(stdout)).toEqual([
      {
        type: "usage",
        bucket: live.bucket,
        prefix,
        objects: 3,
        bytes: 7,
        noncurrent: { objects: 1, bytes: 3 },
        deleteMarkers: 0,
        classes: { STANDARD: { objects: 4, bytes: 10 } },
      },
      {
        type: "summary",
        objects: 3,
        bytes: 7,
        noncurrent: { objects: 1, bytes: 3 },
        deleteMarkers: 0,
      },
    ]);
    const some = await live.run(["du", "--include", "x/*", "--larger-than", "2", prefix]);
    expect(some.stdout).toBe(line(4, 1, ""));
    expect((await live.run(["du", live.uri(`${prefix}*/c`)])).stdout).toBe(line(4, 1, ""));
    expect((await live.run(["du", `${prefix}none`])).code).toBe(3);
    expect((await live.run(["du", "--depth", "x", prefix])).code).toBe(2);
  });
});

describe("a folder or pattern in the place of an object", () => {
  it.each([
    ["head", (key: string) => ["head", key]],
    ["cat", (key: string) => ["cat", key]],
    ["cp", (key: string) => ["cp", live.uri(key), "-"]],
    ["cp to a file", (key: string) => ["cp", live.uri(key), "file"]],
    ["exists", (key: string) => ["exists", key]],
    ["presign", (key: string) => ["presign", key]],
  ])("is named by %s", async (name, command) => {
    await live.run(["cp", "-", live.uri("folder-of/one.txt")], { input: "x" });
    const result = await live.run(command("folder-of"));
    expect(result.code).toBe(name === "presign" ? 0 : 3);
    expect(result.stderr).toContain("is a folder");
  });
});
