import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { describeProgram } from "../describe-program.ts";
import { wantedAt } from "./wanted-at.ts";

const program = describeProgram(new Command("sms-storage"));

const at = (...words: string[]) => wantedAt(program, words);
const names = (...words: string[]) => at(...words).candidates.map(({ value }) => value);
const kind = (...words: string[]) => at(...words).value?.kind.kind;

describe("what can stand at the cursor", () => {
  it("is a command, a subcommand, or an option of the command at hand", () => {
    expect(names("upl")).toEqual(["uploads"]);
    expect(names("uploads", "a")).toEqual(["abort"]);
    expect(names("ls", "--hum")).toEqual(["--human-readable"]);
    expect(names("cp", "--hum")).toEqual([]);
    expect(names("--json", "--quiet", "pres")).toEqual(["presign"]);
    expect(names("")).toContain("ls");
    expect(names("compl")).toEqual(["completion"]);
  });

  it.each([
    [["ls", ""], "remote"],
    [["--json", "ls", "--limit", "3", "s3"], "remote"],
    [["cat", "a", "b", ""], "remote"],
    [["cp", "a", ""], "anywhere"],
    [["mb", ""], "bucket-place"],
    [["plan", ""], "bucket-place"],
    [["verify", "--min-tls", "1.2", ""], "bucket-place"],
    [["setup", ""], "bucket-place"],
    [["export", ""], "bucket-place"],
    [["drift", ""], "bucket-place"],
    [["apply", ""], "file"],
    [["--bucket", ""], "bucket"],
    [["ls", "--profile", "d"], "profile"],
    [["ls", "--ca-file", ""], "file"],
    [["presign", "--method", "P"], "words"],
    [["completion", "b"], "words"],
    [["ls", "--limit", ""], "unknown"],
    [["ls", "place", "more"], undefined],
  ])("is after %j of the kind %s", (words, expected) => {
    expect(kind(...words)).toBe(expected);
  });

  it("is the value of an option in the same word", () => {
    expect(at("ls", "--profile=de").value).toEqual({
      kind: { kind: "profile" },
      text: "de",
      lead: "--profile=",
    });
  });

  it("is no option behind --", () => {
    expect(kind("ls", "--", "--js")).toBe("remote");
    expect(names("ls", "--", "--js")).toEqual([]);
  });

  it("knows the flags that were given before", () => {
    const { given } = at("--endpoint-url", "http://h:1", "ls", "--profile=p", "-r", "");
    expect(given).toEqual({ "endpoint-url": "http://h:1", profile: "p" });
  });
});
