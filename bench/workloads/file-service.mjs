// @ts-check
// F1 to F5: FileService inside a program. Each program prints what it has to tell, which is reported with its run.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../scripts/prepare.mjs";
import { assertContent, filesOf } from "../local-trees.mjs";
import { aioboto3, bareNode, fileService, libraryRun, sdkLibrary } from "../tools/library.mjs";
import {
  assertCount,
  atLeast,
  atMost,
  gibibyte,
  kibibyte,
  mebibyte,
  ours,
  ratioTo,
} from "./workload.mjs";
/** @import { Bench, Contender, Medians, Workload } from "./workload.mjs" */
/** @import { Tool } from "../tools/tool.mjs" */

/**
 * @param {Bench} bench
 * @param {Tool} tool
 * @param {Omit<Contender, "tool" | "integrity" | "stdout">} share
 * @returns {Contender}
 */
function program({ folder }, tool, share) {
  const told = join(folder, "told.json");
  return {
    tool,
    integrity: tool.integrity.down,
    stdout: told,
    ...share,
    check: async (run, stats) => ({
      ...JSON.parse(readFileSync(told, "utf8") || "{}"),
      .../** @type {object | undefined} */ (await share.check?.(run, stats)),
    }),
  };
}

/** @type {Workload} */
const calls = {
  id: "F1",
  title: "Calls of FileService: put, get and stat of 4 KiB",
  server: "embedded",
  unit: { name: "call", cpu: "ms" },
  bars: [
    atMost("CPU of a put against the AWS SDK", 0.25, ratioTo("xPutCpuMs", "AWS SDK v3")),
    atMost("CPU of a get against the AWS SDK", 0.25, ratioTo("xGetCpuMs", "AWS SDK v3")),
    atMost("CPU of a stat against the AWS SDK", 0.25, ratioTo("xHeadCpuMs", "AWS SDK v3")),
  ],
  prepare: async (bench) => {
    const count = bench.scale === "full" ? 10_000 : 2000;
    const share = (/** @type {string} */ job) => ({
      units: 3 * count,
      argv: libraryRun(job, String(count)),
    });
    return {
      what: `${count} of each, 32 at a time, after a fifth as many that do not count`,
      contenders: [
        program(bench, fileService, share("own-calls")),
        program(bench, sdkLibrary, share("sdk-calls")),
      ],
    };
  },
};

/** @param {Record<string, Medians>} medians */
function overBareNode(medians) {
  const own = medians["sms-storage"]?.["wallS"];
  const bare = medians["bare Node"]?.["wallS"];
  return own === undefined || bare === undefined ? undefined : (own - bare) * 1000;
}

/** @param {string} text of a program */
function starts(text) {
  return { units: 1, argv: [process.execPath, "--input-type=module", "--eval", text] };
}

/** @type {Workload} */
const start = {
  id: "F2",
  title: 'A program that begins with import "sms-api-storage"',
  server: "null",
  unit: { name: "start", cpu: "ms" },
  rounds: 15,
  bars: [atMost("wall above bare Node, ms", 40, overBareNode)],
  prepare: async (bench) => {
    const entry = pathToFileURL(join(root, "dist/index.js")).href;
    const sdk = pathToFileURL(join(root, "node_modules/@aws-sdk/client-s3/dist-cjs/index.js")).href;
    return {
      what: "Nothing but the import",
      contenders: [
        program(bench, fileService, starts(`import "${entry}"`)),
        program(bench, sdkLibrary, starts(`import "${sdk}"`)),
        program(bench, bareNode, starts("")),
      ],
    };
  },
};

const members = 10_000;
/** As in a region: a store answers in its time, however quick the client is. */
const delayMs = 5;

/** @type {(format: string) => Workload} */
const archive = (format) => ({
  id: `F3-${format.replace(".", "-")}`,
  title: `A prefix as ${format}`,
  server: "null",
  unit: { name: "object", cpu: "ms" },
  bars: [
    atMost("first byte, ms", 200, ours("xFirstByteMs")),
    atMost("RSS, MiB", 120, ours("rssMiB")),
    atMost("wall against one object after the other", 1 / 3, ratioTo("wallS", "AWS SDK v3")),
  ],
  prepare: async (bench) => {
    const set = { prefix: "runs/", count: members, minBytes: 16 * kibibyte };
    await bench.provide([set], { delayMs });
    const share = (/** @type {string} */ job) => ({
      units: members,
      argv: libraryRun(job, "runs/", format, join(bench.folder, "archive")),
      check: () => {
        const { xMembers } = JSON.parse(readFileSync(join(bench.folder, "told.json"), "utf8"));
        assertCount(xMembers, members, "members");
      },
    });
    return {
      what: `10,000 objects of 16 KiB to a file; each answer takes ${delayMs} ms`,
      contenders: [
        program(bench, fileService, share("own-archive")),
        program(bench, sdkLibrary, share("sdk-archive")),
      ],
    };
  },
});

/** @type {Workload} */
const ranges = {
  id: "F4",
  title: "A large object down in 8 ranges from a store with faults",
  server: "null",
  unit: { name: "GiB", cpu: "s" },
  rounds: 1,
  bars: [
    atMost("objects that are wrong", 0, ours("xWrong")),
    atMost("downloads that failed for another reason than wrong bytes", 0, ours("xFailed")),
    atLeast("faults of the rarest kind", 20, ours("xRarestFault")),
  ],
  prepare: async (bench) => {
    const size = bench.scale === "full" ? gibibyte : 256 * mebibyte;
    const set = { prefix: "big/", count: 1, perFolder: 0, minBytes: size };
    const faults = { seed: 4, unavailable: 0.03, reset: 0.03, torn: 0.03, wrong: 0.03, slow: 0.03 };
    await bench.provide([set], { faults });
    const file = join(bench.folder, "big");
    const argv = libraryRun("own-file-down", "big/f0000000.dat", file, "8");
    const share = {
      units: (downloads * size) / gibibyte,
      argv,
      perform: (/** @type {Parts} */ { run }) => manyDownloads(bench, { file, size, run, argv }),
    };
    return {
      what:
        `${downloads} times ${size / mebibyte} MiB; 3 % each of 503, resets and ends in the middle, wrong bits and ` +
        "answers 500 ms late; whoever met a wrong bit has to refuse the object, contents are judged by their CRC32",
      contenders: [{ tool: fileService, integrity: fileService.integrity.down, ...share }],
    };
  },
};

const downloads = 32;

/** @typedef {Parameters<NonNullable<Contender["perform"]>>[0]} Parts */

/**
 * @param {Bench} bench
 * @param {{ file: string, size: number, run: Parts["run"], argv: readonly string[] }} how
 */
async function manyDownloads({ server }, { file, size, run, argv }) {
  const sums = { wallS: 0, userS: 0, systemS: 0, cpuS: 0, rssMiB: 0 };
  const rest = { exitCode: 0, timedOut: false, output: { bytes: 0, lines: 0 } };
  const told = { xWhole: 0, xWrong: 0, xRefused: 0, xFailed: 0 };
  const wrongBits = async () => (await server.stats())?.faults["wrong"] ?? 0;
  for (let index = 0; index < downloads; index += 1) {
    rmSync(file, { force: true });
    const before = await wrongBits();
    let failure = "";
    try {
      const { wallS, userS, systemS, cpuS, rssMiB } = await run(argv);
      for (const [name, value] of Object.entries({ wallS, userS, systemS, cpuS })) {
        sums[/** @type {"wallS"} */ (name)] += value;
      }
      sums.rssMiB = Math.max(sums.rssMiB, rssMiB);
    } catch (error) {
      failure = String(error);
    }
    const metWrongBit = (await wrongBits()) > before;
    // A wrong bit may lie in what a download had no use for: the first answer runs on beyond its range.
    if (failure === "") told[isWhole(file, size) ? "xWhole" : "xWrong"] += 1;
    else if (metWrongBit && !existsSync(file)) told.xRefused += 1;
    else told.xFailed += 1;
  }
  // As if those that were refused had taken as much as those that were not.
  for (const name of /** @type {const} */ (["wallS", "userS", "systemS", "cpuS"])) {
    sums[name] *= downloads / (told.xWhole + told.xWrong);
  }
  const { faults = {} } = (await server.stats()) ?? {};
  const kinds = ["unavailable", "reset", "torn", "wrong", "slow"];
  const xRarestFault = Math.min(...kinds.map((kind) => faults[kind] ?? 0));
  return { ...sums, ...rest, ...told, xRarestFault };
}

/** @param {string} file @param {number} size */
function isWhole(file, size) {
  try {
    assertContent(file, size);
    return true;
  } catch {
    return false;
  }
}

/** @type {Workload} */
const tree = {
  id: "F5",
  title: "A tree of small files down, against a client for each file",
  server: "null",
  unit: { name: "object", cpu: "ms" },
  bars: [
    atLeast("times as fast as the AWS SDK, a client for each file", 10, timesAsFast("AWS SDK v3")),
    atLeast("times as fast as aioboto3, a client for each file", 10, timesAsFast("aioboto3")),
  ],
  prepare: async (bench) => {
    const count = 2000;
    await bench.provide([{ prefix: "tree/", count, minBytes: 4 * kibibyte }], { delayMs });
    const target = join(bench.folder, "down");
    const share = (/** @type {readonly string[]} */ argv) => ({
      units: count,
      argv,
      before: () => {
        rmSync(target, { recursive: true, force: true });
        mkdirSync(target);
      },
      check: () => assertCount(filesOf(target).length, count, "files"),
    });
    const python = aioboto3();
    return {
      what: `2,000 objects of 4 KiB; each answer takes ${delayMs} ms; theirs 32 at a time`,
      contenders: [
        program(bench, fileService, share(libraryRun("own-tree-down", "tree/", target))),
        program(bench, sdkLibrary, share(libraryRun("sdk-tree-down", "tree/", target))),
        ...(python === undefined
          ? []
          : [program(bench, python.tool, share(python.argv("tree/", target)))]),
      ],
    };
  },
};

/** @param {string} rival @returns {(medians: Record<string, Medians>) => number | undefined} */
function timesAsFast(rival) {
  const ratio = ratioTo("wallS", rival);
  return (medians) => {
    const found = ratio(medians);
    return found === undefined ? undefined : 1 / found;
  };
}

/** @type {readonly Workload[]} */
export const fileServices = [
  calls,
  start,
  archive("tar.gz"),
  archive("tar"),
  archive("zip"),
  ranges,
  tree,
];
