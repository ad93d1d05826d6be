// @ts-check
/**
 * Runs a whole Ceph object store on loopback until it is told to stop: one monitor, one manager, one
 * OSD in memory, one RADOS gateway. Needs Debian's packages radosgw, ceph-mon, ceph-mgr, ceph-osd.
 *
 *     node scripts/interop/start-radosgw.mjs
 *
 * Prints one line of JSON, `{ "endpoint", "accessKeyId", "secretAccessKey", "directory" }`, when the
 * gateway answers. Ends at SIGTERM, SIGINT or the end of standard input, so that it never outlives
 * the process that started it; then it ends the daemons and removes their directory.
 */
import { execFile, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const readyTimeoutMs = 120_000;
const commandTimeoutMs = 60_000;
const stopTimeoutMs = 5_000;
const logTailBytes = 2_000;
const memstoreBytes = 4 * 1024 ** 3;

/** @typedef {{ name: string, process: import("node:child_process").ChildProcess, log: string }} Daemon */

/** @type {Daemon[]} */
const daemons = [];
let stopping = false;

/**
 * Ports that nobody listens on now; all are held open until every one is chosen.
 * @param {number} count
 */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = [];
  for (const server of servers) {
    await new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => resolve(undefined));
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port was given");
    ports.push(address.port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/**
 * Without authentication inside the cluster: every address is on loopback and every key would lie
 * beside the data anyway. One replica, few placement groups and no autoscaler, so that an idle
 * cluster uses almost no processor.
 * @param {string} directory
 * @param {string} fsid
 * @param {number} monPort
 */
function cephConf(directory, fsid, monPort) {
  return `[global]
fsid = ${fsid}
mon_host = [v2:127.0.0.1:${monPort}/0]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_msgr1 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_mon_client_mode = crc
run_dir = ${directory}/run
admin_socket = ${directory}/run/$name.asok
log_file = ${directory}/log/$name.log
log_to_stderr = true
err_to_stderr = true
crash_dir = ${directory}/crash
osd_crush_chooseleaf_type = 0
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
mon_allow_pool_size_one = true
mon_allow_pool_delete = true
mon_data_avail_warn = 2
mon_data_avail_crit = 1
mon_max_pg_per_osd = 1000

[mon]
mon_data = ${directory}/mon
mgr_initial_modules =

[mgr]
mgr_data = ${directory}/mgr

[osd]
osd_data = ${directory}/osd
osd_journal = ${directory}/osd/journal
osd_objectstore = memstore
memstore_device_bytes = ${memstoreBytes}

[client.rgw]
rgw_data = ${directory}/rgw
rgw_thread_pool_size = 32
rgw_run_sync_thread = false
rgw_enable_usage_log = false
rgw_rados_pool_pg_num_min = 1
rgw_gc_max_objs = 1
rgw_lc_max_objs = 1
rgw_num_rados_handles = 1
rgw_override_bucket_index_max_shards = 1
`;
}

/**
 * @param {string} directory
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 */
function startDaemon(directory, name, command, args) {
  const log = join(directory, "log", `${name}.out`);
  // The kernel ends the daemon when this process dies without having done so.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", command, "-f", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  /** @param {Buffer} bytes */
  const record = (bytes) => void appendFile(log, bytes).catch(() => undefined);
  child.stdout.on("data", record);
  child.stderr.on("data", record);
  child.once(
    "error",
    (error) => void fail(directory, `${command} can't be started: ${error.message}`),
  );
  child.once("exit", (code, signal) => {
    if (!stopping) void fail(directory, `${name} ended by itself (${code ?? signal})`, log);
  });
  daemons.push({ name, process: child, log });
}

/**
 * @param {Daemon} daemon
 */
async function endDaemon(daemon) {
  const child = daemon.process;
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await ended;
  clearTimeout(timer);
}

/** The gateway first: without a cluster below, it would wait for one instead of ending. */
async function stopAll() {
  for (const daemon of daemons.toReversed()) await endDaemon(daemon);
}

/**
 * @param {string} directory
 * @param {string} message
 * @param {string} [log]
 */
async function fail(directory, message, log) {
  if (stopping) return;
  stopping = true;
  const tail =
    log === undefined ? "" : (await readFile(log, "utf8").catch(() => "")).slice(-logTailBytes);
  console.error(`start-radosgw: ${message}${tail === "" ? "" : `\n${tail}`}`);
  await stopAll();
  await rm(directory, { recursive: true, force: true });
  process.exit(1);
}

/**
 * @param {string} what
 * @param {() => Promise<boolean>} ready
 */
async function until(what, ready) {
  const deadline = Date.now() + readyTimeoutMs;
  while (!(await ready().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${readyTimeoutMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * @param {string} directory
 */
async function startCluster(directory) {
  const [monPort = 0, gatewayPort = 0] = await freePorts(2);
  const fsid = randomUUID();
  const conf = join(directory, "ceph.conf");
  const common = ["--conf", conf];
  /** @param {string} command @param {string[]} args */
  const call = (command, args) => run(command, [...common, ...args], { timeout: commandTimeoutMs });

  for (const name of ["run", "log", "crash", "mon", "mgr", "osd", "rgw"]) {
    await mkdir(join(directory, name));
  }
  await writeFile(conf, cephConf(directory, fsid, monPort));

  const monMap = join(directory, "monmap");
  const monAddress = `[v2:127.0.0.1:${monPort}/0]`;
  await run("monmaptool", ["--create", "--fsid", fsid, "--addv", "a", monAddress, monMap]);
  await call("ceph-mon", ["--mkfs", "-i", "a", "--monmap", monMap]);
  startDaemon(directory, "mon", "ceph-mon", [...common, "-i", "a"]);
  await until("the monitor", async () => {
    await call("ceph", ["--connect-timeout", "5", "mon", "stat"]);
    return true;
  });

  const osdUuid = randomUUID();
  startDaemon(directory, "mgr", "ceph-mgr", [...common, "-i", "x"]);
  await call("ceph", ["osd", "new", osdUuid]);
  await call("ceph-osd", ["--mkfs", "-i", "0", "--osd-uuid", osdUuid]);
  startDaemon(directory, "osd", "ceph-osd", [...common, "-i", "0"]);
  await until("the OSD", async () => {
    const { stdout } = await call("ceph", ["osd", "stat", "--format", "json"]);
    return JSON.parse(stdout).num_up_osds === 1;
  });

  const keys = { accessKeyId: newAccessKeyId(), secretAccessKey: randomBytes(20).toString("hex") };
  await call("radosgw-admin", [
    "user",
    "create",
    "--uid=interop",
    "--display-name=Interop",
    `--access-key=${keys.accessKeyId}`,
    `--secret-key=${keys.secretAccessKey}`,
  ]);
  startDaemon(directory, "rgw", "radosgw", [
    ...common,
    "--name=client.rgw",
    `--rgw-frontends=beast endpoint=127.0.0.1:${gatewayPort}`,
  ]);
  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  await until("the gateway", async () => (await fetch(endpoint)).status === 200);
  return { endpoint, ...keys, directory };
}

function newAccessKeyId() {
  return `CEPH${randomBytes(8).toString("hex").toUpperCase()}`;
}

const directory = await mkdtemp(join(tmpdir(), "radosgw-"));

async function stop() {
  if (stopping) return;
  stopping = true;
  await stopAll();
  await rm(directory, { recursive: true, force: true });
  process.exit(0);
}

process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());
process.stdin.once("end", () => void stop());
process.stdin.once("error", () => void stop());
process.stdin.resume();

try {
  console.log(JSON.stringify(await startCluster(directory)));
} catch (error) {
  await fail(directory, error instanceof Error ? error.message : String(error));
}
