import { describe, expect, it } from "vitest";
import { journalLine, readJournalLines } from "./journal-lines.ts";

const records = [{ a: 1 }, { text: "ä\n\u0000" }, [1, 2]];
const whole = Buffer.from(records.map(journalLine).join(""));

describe("lines of a journal", () => {
  it("come back as they were written", () => {
    expect(readJournalLines(whole)).toEqual({ records, wholeBytes: whole.length });
  });

  it("count up to the torn one, wherever it was torn", () => {
    const firstTwo = Buffer.from(records.slice(0, 2).map(journalLine).join("")).length;
    for (let length = firstTwo; length < whole.length; length += 1) {
      const found = readJournalLines(whole.subarray(0, length));
      expect(found).toEqual({ records: records.slice(0, 2), wholeBytes: firstTwo });
    }
  });

  it("count up to the damaged one, whichever bit of it is flipped", () => {
    const first = Buffer.from(journalLine(records[0])).length;
    for (let at = 0; at < first; at += 1) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      expect(readJournalLines(damaged).records).toEqual([]);
    }
  });

  it.each([
    ["nothing", ""],
    ["zeros, as after a power cut", "\0".repeat(4096)],
    ["another file", "#!/bin/sh\nexit 0\n"],
    ["a right checksum of what is no JSON", "352441c2 abc\n"],
  ])("are none in %s", (_name, text) => {
    expect(readJournalLines(Buffer.from(text))).toEqual({ records: [], wholeBytes: 0 });
  });
});
