import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientEnvironment, passed, runPython, venv } from "./foreign-clients.ts";
import { OwnServer } from "./own-server.ts";
import { outputOf } from "./run-command.ts";

interface Written {
  readonly key: string;
  readonly sha256: string;
  readonly size: number;
  readonly serial: number;
  readonly begun?: boolean;
}

const bucket = "durable-bucket";
const writer = fileURLToPath(new URL("python/durability_writer.py", import.meta.url));

describe("after kill -9 of the server", () => {
  let server: OwnServer;
  beforeEach(async () => {
    server = await OwnServer.start();
    await outputOf(`${venv}/bin/aws`, ["s3", "mb", `s3://${bucket}`], {
      env: clientEnvironment(server),
    });
  });
  afterEach(() => server?.[Symbol.asyncDispose]());

  /** Kills the server after a time under writes by boto3; every line that the writer printed. */
  async function writeUntilKilled(prefix: string, milliseconds: number): Promise<Written[]> {
    const child = spawn(`${venv}/bin/python`, [writer], {
      env: {
        ...clientEnvironment(server),
        PARAMETERS: JSON.stringify({ bucket, prefix, threads: 6 }),
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString("utf8")));
    const ended = new Promise((resolve) => child.once("close", resolve));
    await once(child.stdout, "data");
    await sleep(milliseconds);
    await server.kill();
    await ended;
    const lines = output.trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as Written);
  }

  async function readAll(): Promise<Map<string, string>> {
    const result = await runPython(server, "durability_reader.py", "", { bucket });
    expect(result).toMatchObject(passed);
    const entries = result.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Written);
    return new Map(entries.map((entry) => [entry.key, entry.sha256]));
  }

  it("boto3's acknowledged objects are all intact, kill after kill", async () => {
    /** Per key: what it may hold; more than one when the last answer never came. */
    const allowed = new Map<string, Set<string>>();
    let acknowledged = 0;
    for (const [round, milliseconds] of [900, 1_700, 2_600].entries()) {
      for (const line of await writeUntilKilled(`round-${round}/`, milliseconds)) {
        if (line.begun === true) {
          const before = allowed.get(line.key) ?? new Set(["absent"]);
          allowed.set(line.key, new Set([...before, line.sha256]));
        } else {
          acknowledged += 1;
          allowed.set(line.key, new Set([line.sha256]));
        }
      }
      await server.resume();
      const found = await readAll();
      const spoilt = [...allowed].filter(
        ([key, hashes]) => !hashes.has(found.get(key) ?? "absent"),
      );
      expect(spoilt).toEqual([]);
      expect([...found.keys()].filter((key) => !allowed.has(key))).toEqual([]);
    }
    expect(acknowledged).toBeGreaterThan(50);
  });

  it("every file that aws s3 cp called uploaded is intact", async () => {
    const folder = join(server.scratch, "many");
    await mkdir(folder);
    for (let i = 0; i < 600; i++) {
      await writeFile(join(folder, `${i}.txt`), `${i} `.repeat(1 + ((i * 97) % 40_000)));
    }
    const child = spawn(
      `${venv}/bin/aws`,
      ["s3", "cp", "--recursive", "--no-progress", folder, `s3://${bucket}/many/`],
      {
        env: { ...clientEnvironment(server), AWS_MAX_ATTEMPTS: "1", PYTHONUNBUFFERED: "1" },
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString("utf8")));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const uploads = () => [...output.matchAll(/^upload: .* to s3:\/\/[^/]+\/(.+)$/gm)];
    while (uploads().length < 150 && child.exitCode === null) await sleep(5);
    await server.kill();
    expect(await ended).toBe(1);
    const uploaded = uploads().map((match) => match[1] ?? "");
    expect(uploaded.length).toBeGreaterThanOrEqual(150);

    await server.resume();
    const back = join(server.scratch, "back");
    await outputOf(
      `${venv}/bin/aws`,
      ["s3", "cp", "--recursive", "--no-progress", `s3://${bucket}/many/`, back],
      { env: clientEnvironment(server) },
    );
    for (const key of uploaded) {
      const name = key.replace(/^many\//, "");
      await outputOf("/usr/bin/cmp", [join(folder, name), join(back, name)]);
    }
  });

  it("settings and versions survive, and a farewell in good order too", async () => {
    const aws = async (...args: string[]) =>
      outputOf(`${venv}/bin/aws`, args, {
        env: clientEnvironment(server),
        input: "some text",
      });
    const enable = ["--versioning-configuration", "Status=Enabled"];
    await aws("s3api", "put-bucket-versioning", "--bucket", bucket, ...enable);
    await aws("s3", "cp", "-", `s3://${bucket}/twice`);
    await aws("s3", "cp", "-", `s3://${bucket}/twice`);
    const versions = () => aws("s3api", "list-object-versions", "--bucket", bucket);
    const before = await versions();
    expect(JSON.parse(before).Versions).toHaveLength(2);
    await server.kill();
    await server.resume();
    expect(await versions()).toBe(before);
    expect(await server.end()).toBe(0);
    await server.resume();
    expect(await versions()).toBe(before);
    expect(await aws("s3", "cp", `s3://${bucket}/twice`, "-")).toBe("some text");
  });
});

describe("on a full disk", () => {
  let server: OwnServer;
  // The server keeps 64 MiB free, so that deletions always find room.
  const diskMiB = 120;
  beforeEach(async () => {
    server = await OwnServer.start({ diskMiB });
  });
  afterEach(() => server?.[Symbol.asyncDispose]());

  it("boto3 is refused, loses nothing and goes on once there is room", async () => {
    const step = (name: string) =>
      runPython(server, "full_disk_cases.py", name, { bucket, diskMiB });
    expect(await step("fill")).toMatchObject(passed);
    await server.kill();
    await server.resume();
    expect(await step("intact")).toMatchObject(passed);
    expect(await step("make_room")).toMatchObject(passed);
  });
});
