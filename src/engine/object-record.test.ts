import { expect, test } from "vitest";
import type { UploadChecksum } from "./engine.ts";
import { checksumToRow, toUploadRecord } from "./object-record.ts";
import type { UploadRow } from "./rows.ts";

function recordOf(sum: UploadRow["sum"]) {
  const row = { id: "u", at: 0, initiator: "arn", headers: {}, ...(sum && { sum }) };
  return toUploadRecord("b", "k", row as UploadRow).checksum;
}

test.each<UploadChecksum>([
  { algorithm: "CRC64NVME", type: "FULL_OBJECT", unasked: true },
  { algorithm: "CRC64NVME", type: "FULL_OBJECT" },
  { algorithm: "CRC32", type: "COMPOSITE" },
])("an upload's checksum comes back as it was asked for: %j", (checksum) => {
  expect(recordOf(checksumToRow(checksum))).toEqual(checksum);
});

test("an upload of an older version that may have named no algorithm takes parts with any", () => {
  expect(recordOf(["CRC64NVME", "FULL_OBJECT"])).toEqual({
    algorithm: "CRC64NVME",
    type: "FULL_OBJECT",
    unasked: true,
  });
  expect(recordOf(["SHA256", "COMPOSITE"])).toEqual({ algorithm: "SHA256", type: "COMPOSITE" });
});
