import type { VerifiedPath } from "../../transfer/sync/verify-trees.ts";
import type { CommandContext } from "../context.ts";
import { describeError } from "../describe-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatBytes, printable } from "../format.ts";
import type { OptionValues } from "../option-values.ts";
import { withTrees } from "./with-trees.ts";

/** `verify-tree`. Answers the exit code. */
export async function runVerifyTree(
  context: CommandContext,
  args: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { verifyTrees } = await import("../../transfer/sync/verify-trees.ts");
  const report = new VerifyReport(context, args);
  const command = { name: "verify-tree", args, resume: false };
  const trees = { ...options, index: false };
  await withTrees(context, command, trees, ({ places }) => verifyTrees(places, report.tell));
  return report.end();
}

class VerifyReport {
  readonly #context: CommandContext;
  readonly #args: readonly string[];
  readonly #totals = {
    same: 0,
    differs: 0,
    onlySource: 0,
    onlyTarget: 0,
    failed: 0,
    provedByChecksum: 0,
    provedByEtag: 0,
    bytes: 0,
  };

  constructor(context: CommandContext, args: readonly string[]) {
    this.#context = context;
    this.#args = args;
  }

  readonly tell = async (verified: VerifiedPath): Promise<void> => {
    const { path, state, bytes, provedBy, error } = verified;
    const { output } = this.#context;
    this.#totals.bytes += bytes;
    this.#totals[counterOf[state]] += 1;
    if (state === "same" && provedBy === "checksum") this.#totals.provedByChecksum += 1;
    if (state === "same" && provedBy === "etag") this.#totals.provedByEtag += 1;
    output.progress(`${this.#totals.same} the same, ${formatBytes(this.#totals.bytes)} read`);
    const told = error === undefined ? undefined : describeError(error);
    const { code, message } = told ?? {};
    const record = { type: "verified", path, state, bytes, provedBy, code, message };
    await output.result(record, this.#lineOf(verified, message ?? ""));
  };

  async end(): Promise<number> {
    const { output } = this.#context;
    const totals = this.#totals;
    await output.result({ type: "summary", ...totals }, undefined);
    const { same, differs, onlySource, onlyTarget, failed, bytes } = totals;
    const isGood = differs + onlySource + onlyTarget + failed === 0;
    const unproved = same - totals.provedByChecksum - totals.provedByEtag;
    output.note(
      `${same} the same (${totals.provedByChecksum} by the store's checksum too, ` +
        `${totals.provedByEtag} by its MD5, ${unproved} by the other side alone), ${differs} differ, ` +
        `${onlySource} only in ${this.#args[0]}, ${onlyTarget} only in ${this.#args[1]}, ` +
        `${failed} failed; ${formatBytes(bytes)} read.`,
    );
    return isGood ? exitCodes.ok : exitCodes.checkFailed;
  }

  #lineOf({ path, state }: VerifiedPath, message: string): string | undefined {
    const name = printable(path);
    switch (state) {
      case "same":
        return undefined;
      case "differs":
        return `differs: ${name}`;
      case "only-source":
        return `only in ${printable(this.#args[0] ?? "")}: ${name}`;
      case "only-target":
        return `only in ${printable(this.#args[1] ?? "")}: ${name}`;
      case "failed":
        return `failed: ${name}: ${printable(message)}`;
    }
  }
}

const counterOf = {
  same: "same",
  differs: "differs",
  "only-source": "onlySource",
  "only-target": "onlyTarget",
  failed: "failed",
} as const;
