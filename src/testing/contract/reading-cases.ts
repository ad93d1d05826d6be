import assert from "node:assert/strict";
import type { ContractCase } from "./contract-case.ts";
import { failsWith, sameBytes } from "./expectations.ts";

export const readingCases: readonly ContractCase[] = [
  {
    title: "reads an open file here and there, of one version alone",
    async run({ service, folder }) {
      const key = `${folder}/numbers`;
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
      await service.uploadBytes(bytes, key);
      const file = await service.openRandomAccess(key);
      assert.equal(file.byteLength, bytes.length);
      const places = [299_990, 5, 150_000];
      const found = await Promise.all(places.map((place) => file.read(place, 100)));
      for (const [index, part] of found.entries()) {
        const place = places[index] ?? 0;
        sameBytes(part, bytes.subarray(place, place + 100));
      }
      sameBytes(new Uint8Array(await file.slice(-4)), bytes.subarray(-4));
      await service.uploadBytes(bytes.subarray(1), key);
      await failsWith(file.read(200_000, 1), "PreconditionFailed");
      await file.close();
      await failsWith(file.read(0, 1), "Closed");
      await failsWith(service.openRandomAccess(`${folder}/none`), "NotFound");
    },
  },
  {
    title: "tells what changes below a directory, from a cursor on",
    async run({ service, folder }) {
      const signal = AbortSignal.timeout(60_000);
      const look = async (cursor?: string): Promise<{ told: string[]; next: string }> => {
        const from = cursor !== undefined && { cursor };
        for await (const batch of service.watch(folder, { ...from, intervalMs: 1, signal })) {
          const told = batch.events.map(({ kind, Key }) => `${kind} ${Key.slice(folder.length)}`);
          return { told, next: batch.cursor() };
        }
        throw new Error("the watch has ended");
      };
      for (const name of ["a", "b", "c"]) await service.uploadBytes(name, `${folder}/${name}`);
      const first = await look();
      assert.deepEqual(first.told, []);
      await service.deleteFile(`${folder}/a`);
      await service.uploadBytes("another", `${folder}/b`);
      await service.uploadBytes("d", `${folder}/d/e`);
      const second = await look(first.next);
      assert.deepEqual(second.told, ["deleted /a", "changed /b", "created /d/e"]);
      assert.deepEqual((await look(second.next)).told, []);
    },
  },
];
