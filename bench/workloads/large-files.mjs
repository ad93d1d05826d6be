// @ts-check
// P4, P5, P11: one large file up, down, to and from a pipe.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { assertContent, makeFile } from "../local-trees.mjs";
import {
  assertCount,
  atMost,
  contendersFor,
  gibibyte,
  mebibyte,
  ours,
  ratioTo,
} from "./workload.mjs";
/** @import { Bar, Bench, Contender, Medians, Workload } from "./workload.mjs" */

const unit = /** @type {const} */ ({ name: "GiB", cpu: "s" });
/** Of CRC64NVME, which is the stored checksum, in the wanted form: 2 GiB a second. */
const checksumSecondsPerGib = 0.5;

/**
 * @param {string} name
 * @param {Workload["server"]} server
 * @param {string} [checksum]
 */
function idOf(name, server, checksum) {
  const special = server === "null" ? [] : [server.replace("null-", "")];
  return [name, ...special, ...(checksum === "CRC32" ? ["crc32"] : [])].join("-");
}

/** @param {Bench} bench */
function sizeOf({ scale }) {
  return scale === "full" ? 5 * gibibyte : gibibyte;
}

/** @param {Bench} bench @param {string} source @returns {Contender[]} */
function localCopy(bench, source) {
  const target = join(bench.folder, "copied");
  return contendersFor(
    bench,
    "copyLocal",
    (command) => ({
      units: sizeOf(bench) / gibibyte,
      argv: command(source, target),
      before: () => rmSync(target, { force: true }),
    }),
    "up",
  );
}

/** @type {Record<string, readonly Bar[]>} */
const upBars = {
  null: [
    atMost("CPU against s5cmd", 0.6, ratioTo("cpuPerUnit", "s5cmd")),
    atMost("CPU seconds per GiB", 1.6, ours("cpuPerUnit")),
    atMost("peak RSS, MiB", 200, ours("rssMiB")),
    atMost("wall against s5cmd", 0.6, ratioTo("wallPerUnit", "s5cmd")),
  ],
  "null-tls": [atMost("CPU seconds per GiB", 2.6, ours("cpuPerUnit"))],
};

/** @type {(server: Workload["server"]) => Workload} */
const up = (server) => ({
  id: idOf("P4", server),
  title: `One large file up${server === "null-tls" ? " over TLS" : ""}`,
  server,
  unit,
  bars: upBars[server] ?? [],
  prepare: async (bench) => {
    const size = sizeOf(bench);
    const file = join(bench.folder, "large.dat");
    makeFile(file, size);
    const contenders = contendersFor(
      bench,
      "upFile",
      (command) => ({
        units: size / gibibyte,
        argv: command(file, "large-up.dat"),
        check: (_, stats) => {
          if (stats !== undefined && stats.bytesIn < size) throw new Error("not all was sent");
        },
      }),
      "up",
    );
    return {
      what: `${size / gibibyte} GiB`,
      contenders: [...contenders, ...localCopy(bench, file)],
    };
  },
});

/**
 * 1.3 times curl's figure plus what the checksum itself may take.
 * @param {string} metric
 * @returns {Bar["value"]}
 */
function againstCurl(metric) {
  return (medians) => {
    const own = medians["sms-storage"]?.[metric];
    const floor = medians["curl (floor)"]?.[metric];
    if (own === undefined || floor === undefined) return;
    return own / (1.3 * floor + checksumSecondsPerGib);
  };
}

/** @type {(server: Workload["server"], checksum: "CRC32" | "CRC64NVME") => Workload} */
const down = (server, checksum) => ({
  id: idOf("P5", server, checksum),
  title: `One large file down, ${checksum} stored${server === "null-tls" ? ", over TLS" : ""}`,
  server,
  unit,
  bars:
    server === "embedded"
      ? []
      : [
          atMost(
            "CPU against 1.3 x curl + 0.5 s of checksum per GiB",
            1,
            againstCurl("cpuPerUnit"),
          ),
          atMost(
            "wall against 1.3 x curl + 0.5 s of checksum per GiB",
            1,
            againstCurl("wallPerUnit"),
          ),
        ],
  prepare: async (bench) => {
    const size = sizeOf(bench);
    const set = { prefix: "large/", count: 1, perFolder: 0, minBytes: size, checksum };
    await bench.provide([set]);
    const target = join(bench.folder, "large.dat");
    const contenders = contendersFor(
      bench,
      "downFile",
      (command) => ({
        units: size / gibibyte,
        argv: command("large/f0000000.dat", target),
        before: () => rmSync(target, { force: true }),
        check: () => assertContent(target, size),
      }),
      "down",
    );
    return { what: `${size / gibibyte} GiB, ${checksum} stored`, contenders };
  },
});

/** @type {Workload} */
const toPipe = {
  id: "P11-cat",
  title: "One large object to a pipe",
  server: "null",
  unit,
  bars: [atMost("peak RSS, MiB", 208, ours("rssMiB"))],
  prepare: async (bench) => {
    await bench.provide([{ prefix: "large/", count: 1, perFolder: 0, minBytes: gibibyte }]);
    const contenders = contendersFor(
      bench,
      "cat",
      (command) => ({
        units: 1,
        argv: command("large/f0000000.dat"),
        check: ({ output }) => assertCount(output.bytes, gibibyte, "bytes came"),
      }),
      "down",
    );
    return { what: "1 GiB", contenders };
  },
};

/** @type {Workload} */
const fromPipe = {
  id: "P11-stdin",
  title: "Standard input of unknown size up",
  server: "null",
  unit,
  bars: [atMost("peak RSS, MiB", 208, ours("rssMiB"))],
  prepare: async (bench) => {
    const file = join(bench.folder, "source.dat");
    makeFile(file, gibibyte);
    const contenders = contendersFor(
      bench,
      "pipe",
      (command) => ({
        units: 1,
        argv: command("piped.dat"),
        stdin: file,
        check: (_, stats) => {
          if ((stats?.bytesIn ?? 0) < gibibyte) throw new Error("not all was sent");
        },
      }),
      "up",
    );
    return { what: `${gibibyte / mebibyte} MiB`, contenders };
  },
};

export const largeFiles = [
  up("null"),
  up("null-tls"),
  up("embedded"),
  down("null", "CRC64NVME"),
  down("null", "CRC32"),
  down("null-tls", "CRC64NVME"),
  down("embedded", "CRC64NVME"),
  toPipe,
  fromPipe,
];
