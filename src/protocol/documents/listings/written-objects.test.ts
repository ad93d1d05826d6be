import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../../testing-fixtures/any-text.ts";
import type { StoredEntry } from "./stored-entry.ts";
import { checksums, etags } from "./testing-fixtures/pages.ts";
import type { WrittenContent } from "./write-listing.ts";
import { WrittenObjects } from "./written-objects.ts";

/** Every letter that is written otherwise somewhere, and some beyond ASCII. */
const letters = "\u0000\u0001\t\n\r\u001f !\"#%&'()*+,-./:;<=>?@[]^`{|}~\u007fé\ufffe😀";
const odd = fc.string({
  unit: fc.constantFrom(...Array.from(letters)),
  minLength: 1,
  maxLength: 12,
});
const contents: fc.Arbitrary<WrittenContent> = fc.record({
  key: fc
    .oneof(fc.stringMatching(/^[\w/.-]{1,30}$/), odd, anyText)
    .map((key) => key.toWellFormed()),
  lastModified: fc
    .oneof(
      fc.nat(4_000_000_000_000),
      fc.constantFrom(0, 999, 253_402_300_799_999, 253_402_300_800_000),
    )
    .map((ms) => new Date(ms)),
  etag: fc.oneof(etags, odd),
  sizeBytes: fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 9, 10, 99, 1e15)),
  checksum: checksums,
  storageClass: fc.constantFrom(undefined, "STANDARD", "GLACIER"),
});
const facts = fc.record({
  urlEncoded: fc.boolean(),
  ownerId: fc.option(fc.constant("0123abcd"), { nil: undefined }),
});

function stored({ key, etag, lastModified, ...rest }: WrittenContent): StoredEntry {
  const bytes = Buffer.from(`#${key}#${etag}#`, "utf8");
  const keyEnd = 1 + Buffer.byteLength(key);
  return {
    sizeBytes: rest.sizeBytes,
    storageClass: rest.storageClass,
    checksum: rest.checksum,
    bytes,
    keyStart: 1,
    keyEnd,
    etagStart: keyEnd + 1,
    etagEnd: bytes.length - 1,
    lastModifiedMs: lastModified.getTime(),
  };
}

function textOf(objects: WrittenObjects, head = "<head>", tail = "<tail>"): string {
  return Buffer.from(objects.between(head, tail)).toString("utf8");
}

describe("the objects of a page", () => {
  it("are written of their bytes as of their values", () => {
    fc.assert(
      fc.property(facts, fc.array(contents, { maxLength: 6 }), (page, entries) => {
        const ofBytes = new WrittenObjects(page);
        const ofValues = new WrittenObjects(page);
        for (const entry of entries) {
          ofBytes.add(stored(entry));
          ofValues.addContent(entry);
        }
        expect(textOf(ofBytes)).toBe(textOf(ofValues));
        expect(ofBytes.count).toBe(entries.length);
      }),
      { numRuns: 300 },
    );
  });

  it("have room for 1,000 keys of 1,024 bytes that are all written longer", () => {
    const key = `${"&".repeat(1000)}${'"'.repeat(24)}`;
    const entry = { key, lastModified: new Date(0), etag: "e", sizeBytes: 1 };
    for (const urlEncoded of [false, true]) {
      const objects = new WrittenObjects({ urlEncoded, ownerId: "o" });
      for (let count = 0; count < 1000; count += 1) objects.add(stored(entry));
      const once = new WrittenObjects({ urlEncoded, ownerId: "o" });
      once.addContent(entry);
      expect(textOf(objects, "", "")).toBe(textOf(once, "", "").repeat(1000));
    }
  });

  it("stand between what comes before and behind, however long it is", () => {
    for (const length of [0, 10, 4096, 5000, 100_000]) {
      const head = "é".repeat(length);
      const objects = new WrittenObjects({ urlEncoded: false, ownerId: undefined });
      objects.add(stored({ key: "k", lastModified: new Date(0), etag: "e", sizeBytes: 1 }));
      const whole = textOf(objects, head, head);
      expect(whole.startsWith(`${head}<Contents><Key>k</Key>`)).toBe(true);
      expect(whole.endsWith(`<StorageClass>STANDARD</StorageClass></Contents>${head}`)).toBe(true);
    }
  });
});
