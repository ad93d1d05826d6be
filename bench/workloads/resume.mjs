// @ts-check
// P15: killed half-way, and run again.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { assertContent, makeFile } from "../local-trees.mjs";
import { atMost, contendersFor, gibibyte, mebibyte, ours } from "./workload.mjs";
/** @import { Bench, Contender, Workload } from "./workload.mjs" */

const unit = /** @type {const} */ ({ name: "GiB", cpu: "s" });
/** Eight parts of 8 MiB. */
const inFlightMiB = 64;
const bars = [atMost("MiB that went over the wire again", inFlightMiB, ours("xAgainMiB"))];

/**
 * Kills with SIGKILL as soon as half of the bytes are through, then measures the second run.
 * @param {Bench} bench
 * @param {"bytesIn" | "bytesOut"} direction
 * @returns {NonNullable<Contender["perform"]>}
 */
function killedHalfWay({ server }, direction) {
  return async ({ run, argv, env, cwd }) => {
    const [command = "", ...args] = argv;
    const child = spawn(command, args, { env, cwd, stdio: "ignore", detached: true });
    const ended = new Promise((resolve) => {
      child.once("exit", resolve);
    });
    while (child.exitCode === null && ((await server.stats())?.[direction] ?? 0) < gibibyte / 2) {
      await pause(5);
    }
    if (child.exitCode !== null) throw new Error("it was done before it could be killed");
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await ended;
    const measured = await run(argv);
    const through = (await server.stats())?.[direction] ?? 0;
    return { ...measured, xAgainMiB: (through - gibibyte) / mebibyte };
  };
}

/** @type {Workload} */
const up = {
  id: "P15-up",
  title: "An upload killed half-way, and run again",
  server: "null",
  unit,
  rounds: 2,
  bars,
  prepare: async (bench) => {
    const file = join(bench.folder, "large.dat");
    makeFile(file, gibibyte);
    const contenders = contendersFor(
      bench,
      "upFile",
      (command) => ({
        units: 1,
        argv: command(file, "resumed.dat"),
        perform: killedHalfWay(bench, "bytesIn"),
      }),
      "up",
    );
    return { what: "1 GiB; figures are of the second run", contenders: contenders.filter(isRival) };
  },
};

/** @type {Workload} */
const down = {
  id: "P15-down",
  title: "A download killed half-way, and run again",
  server: "null",
  unit,
  rounds: 2,
  bars,
  prepare: async (bench) => {
    await bench.provide([{ prefix: "large/", count: 1, perFolder: 0, minBytes: gibibyte }]);
    const target = join(bench.folder, "large.dat");
    const contenders = contendersFor(
      bench,
      "downFile",
      (command) => ({
        units: 1,
        argv: command("large/f0000000.dat", target),
        before: () => rmSync(target, { force: true }),
        perform: killedHalfWay(bench, "bytesOut"),
        check: () => assertContent(target, gibibyte),
      }),
      "down",
    );
    return { what: "1 GiB; figures are of the second run", contenders: contenders.filter(isRival) };
  },
};

/** @param {Contender} contender */
function isRival({ tool }) {
  return tool.isFloor !== true && !["boto3", "AWS SDK v3", "s3cmd"].includes(tool.name);
}

export const resume = [up, down];
