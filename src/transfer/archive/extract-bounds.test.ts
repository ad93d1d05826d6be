import { expect, it } from "vitest";
import { archiveLimits } from "../../core/archive-limits.ts";
import { MemoryStore } from "../testing-fixtures/memory-store.ts";
import { endOfTar, tarMember } from "../testing-fixtures/tar-member.ts";
import { transferContext } from "../transfer-context.ts";
import { BucketTarget } from "./bucket-target.ts";
import { extractArchive } from "./extract-archive.ts";
import type { UnpackOptions } from "./extract-options.ts";

const tar = (...members: readonly Buffer[]): Buffer => Buffer.concat([...members, endOfTar]);

async function extract(archive: Buffer, options: UnpackOptions) {
  const context = transferContext(new MemoryStore().asStore());
  async function* chunks() {
    yield archive;
  }
  const source = { kind: "stream", chunks: chunks() } as const;
  return extractArchive(context, source, new BucketTarget(context, "out/", {}), options);
}

it("names of those that are left out only so many, and so much, and counts the others", async () => {
  const long = Array.from({ length: 6 }, (_, n) => [
    tarMember("././@LongLink", `${String(n).repeat(archiveLimits.recordBytes - 1)}\0`, {
      type: "L",
    }),
    tarMember("x", "", { type: "2" }),
  ]).flat();
  const some = await extract(tar(...long, tarMember("z", "3")), { onUnsafe: "report" });
  expect([some.files, some.leftOut.length, some.leftOutMore]).toEqual([1, 3, 3]);
  const link = tarMember("x", "", { type: "2" });
  const links = Array.from({ length: archiveLimits.leftOut + 2 }, () => link);
  const many = await extract(tar(...links), { onUnsafe: "report" });
  expect([many.leftOut.length, many.leftOutMore]).toEqual([archiveLimits.leftOut, 2]);
});

it("bounds the holes of a sparse file by its own bytes, as what is packed", async () => {
  const size = "32 GNU.sparse.realsize=90000000\n";
  const bomb = tar(
    tarMember("pax", `22 GNU.sparse.major=1\n${size}`, { type: "x" }),
    tarMember("bomb", Buffer.concat([Buffer.from("0\n"), Buffer.alloc(510)]).toString("latin1")),
  );
  await expect(extract(bomb, {})).rejects.toMatchObject({
    code: "InvalidArgument",
    message: "extractArchive: the archive unpacks to more than 200 times its size.",
  });
  const { doneBytes } = await extract(bomb, { maxRatio: 100_000 });
  expect(doneBytes).toBe(90_000_000);
});
