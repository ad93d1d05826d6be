import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

interface Cost {
  readonly what: string;
  /** Milliseconds of CPU. */
  readonly small: number;
  /** For eight times as much. */
  readonly large: number;
}

/** Below this, what is measured is the machine. */
const noiseMs = 40;
/** Eight for what grows with the length; 64 with its square. */
const mostGrowth = 24;

/** The largest input has 4 MiB: with 12 times that for everything, its reader keeps no record of each byte. */
const heapMiB = 192;

async function costs(): Promise<{ readonly found: Cost[]; readonly code: number | null }> {
  const script = fileURLToPath(new URL("decode.mjs", import.meta.url));
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMiB}`, script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const lines = text.split("\n").filter((line) => line !== "");
  return { found: lines.map((line) => JSON.parse(line) as Cost), code };
}

test("hostile texts are read in time and memory that grow with their length alone", async () => {
  const { found, code } = await costs();
  expect(found.length).toBeGreaterThan(150);
  const steep = found.filter(
    ({ small, large }) => large > noiseMs && large > mostGrowth * Math.max(small, 1),
  );
  expect(steep).toEqual([]);
  // A heap that gave way ends the process.
  expect(code).toBe(0);
}, 300_000);
