import type { Command } from "commander";
import type { StorePace } from "../client/store-pace.ts";
import { paceLimits } from "../core/limits.ts";
import { Pace } from "../core/pace.ts";
import { UsageError } from "./exit-codes.ts";
import { textOption, type OptionValues } from "./option-values.ts";
import { parseSize } from "./parse-size.ts";

/** Caps for lines and stores that others use as well; read back by `readPace`. */
export function paceOptions(command: Command): Command {
  return command
    .option("--bandwidth <rate>", "bytes a second at most, such as 50MiB/s, both ways together")
    .option("--max-requests-per-second <count>", "requests a second at most, repeated ones too");
}

/** One pace for all stores of the command. Throws UsageError. */
export function readPace(options: OptionValues): { readonly pace?: StorePace } {
  const rate = textOption(options, "bandwidth");
  const count = textOption(options, "maxRequestsPerSecond");
  if (rate === undefined && count === undefined) return {};
  return {
    pace: {
      ...(rate !== undefined && { bytes: new Pace(readRate(rate)) }),
      ...(count !== undefined && { requests: new Pace(readCount(count)) }),
    },
  };
}

function readRate(text: string): number {
  const rate = parseSize(text.replace(/\/s$/, ""), "--bandwidth");
  if (rate >= paceLimits.leastBytesPerSecond) return rate;
  throw new UsageError(
    `--bandwidth ${text} is less than ${paceLimits.leastBytesPerSecond / 1024}KiB/s.`,
    "With less, servers take the connections for dead.",
  );
}

function readCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,7}(?:\.\d{1,3})?$/.test(text) && count > 0) return count;
  throw new UsageError(
    `--max-requests-per-second ${text} is no number above 0.`,
    "Such as 100, or 0.5 for one in two seconds.",
  );
}
