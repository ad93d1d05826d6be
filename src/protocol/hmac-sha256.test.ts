import { createHmac, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { hmacSha256 } from "./hmac-sha256.ts";

test.each([
  [0, 0],
  [1, 5],
  [32, 16],
  [64, 64],
  [32, 100_000],
])(
  "with a key of %s bytes, of a message of %s, it is the same as node's",
  (keyBytes, messageBytes) => {
    const key = randomBytes(keyBytes);
    for (let round = 0; round < 3; round += 1) {
      const message = randomBytes(messageBytes);
      const expected = createHmac("sha256", key).update(message).digest("hex");
      expect(hmacSha256(key, message)).toBe(expected);
    }
  },
);
