import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isStorageError } from "../core/errors.ts";
import { getSettings, inspectSettings } from "./get-settings.ts";
import { writeDotenv } from "./write-dotenv.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-settings-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function configurationError(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isStorageError(error, "ConfigurationError")) return error.message;
    throw error;
  }
  throw new Error("no error");
}

describe("finding .env", () => {
  const environment = {};

  it("takes the nearest upwards, within the project, and passes over folders of that name", async () => {
    const deep = join(folder, "project", "a", "b");
    await mkdir(join(deep, ".env"), { recursive: true });
    await mkdir(join(folder, "project", ".git"));
    await writeFile(join(folder, ".env"), "STORAGE_S3_BUCKET=outside\n");
    expect(getSettings({ environment, cwd: deep }).storageS3Bucket).toBeUndefined();
    await writeFile(join(folder, "project", ".env"), "\nSTORAGE_S3_BUCKET=sims\n");
    const settings = getSettings({ environment, cwd: deep });
    expect(settings.storageS3Bucket).toBe("sims");
    expect(settings.sources.storageS3Bucket).toMatchObject({
      file: join(folder, "project", ".env"),
      line: 2,
    });
  });

  it("takes the file that is named, or none", async () => {
    await writeFile(join(folder, ".env"), "STORAGE_S3_BUCKET=near\n");
    await writeFile(join(folder, "prod.env"), "STORAGE_S3_BUCKET=prod\n");
    const at = { environment, cwd: folder };
    expect(getSettings({ ...at, envFile: "prod.env" }).storageS3Bucket).toBe("prod");
    expect(getSettings({ ...at, envFile: false }).storageS3Bucket).toBeUndefined();
    expect(configurationError(() => getSettings({ ...at, envFile: "none.env" }))).toContain(
      "none.env cannot be read",
    );
  });

  it("refuses a .env of monstrous size", async () => {
    await writeFile(join(folder, ".env"), "#".repeat(1024 * 1024 + 1));
    expect(configurationError(() => getSettings({ environment, cwd: folder }))).toContain(
      "may have 1048576",
    );
  });
});

describe("getSettings", () => {
  it("throws one error that names all wrong values; inspectSettings returns them", () => {
    const environment = { STORAGE_S3_BUCKET: "A", STORAGE_S3_ACCESS_KEY_ID: "AKIA1" };
    const options = { environment, envFile: false } as const;
    const message = configurationError(() => getSettings(options));
    expect(message).toContain("2 settings are wrong");
    expect(message).toContain("STORAGE_S3_BUCKET");
    expect(message).toContain("STORAGE_S3_SECRET_ACCESS_KEY is missing");
    const { settings, problems } = inspectSettings(options);
    expect(problems).toHaveLength(2);
    expect(settings.storageS3Bucket).toBeUndefined();
  });
});

describe("writing .env", () => {
  it("makes a private file and leaves it alone when nothing changes", async () => {
    const file = join(folder, ".env");
    expect(await writeDotenv(file, { STORAGE_S3_BUCKET: "sims" })).toEqual({
      file,
      changed: ["STORAGE_S3_BUCKET"],
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await stat(file, { bigint: true });
    expect((await writeDotenv(file, { STORAGE_S3_BUCKET: "sims" })).changed).toEqual([]);
    expect((await stat(file, { bigint: true })).ino).toBe(before.ino);
    expect(await readdir(folder)).toEqual([".env"]);
  });

  it("makes an open file private when it changes it, and follows links", async () => {
    const real = join(folder, "real.env");
    const link = join(folder, ".env");
    await writeFile(real, "A=1\n");
    await chmod(real, 0o644);
    await symlink(real, link);
    await writeDotenv(link, { A: "2" });
    expect(await readFile(real, "utf8")).toBe("A=2\n");
    expect((await stat(real)).mode & 0o777).toBe(0o600);
  });

  it("says what stands in the way, and leaves nothing behind", async () => {
    await writeFile(join(folder, "file"), "");
    const error = await writeDotenv(join(folder, "file", ".env"), { A: "1" }).catch((e) => e);
    expect(isStorageError(error, "ConfigurationError")).toBe(true);
    expect(error.message).toContain("cannot be written");
    expect(await readdir(folder)).toEqual(["file"]);
  });
});
