import { StorageError } from "../../core/errors.ts";
import { partitionOfRegion } from "../../core/partition.ts";
import { checkAccount } from "./check-account.ts";
import { checkOrganization } from "./check-organization.ts";
import { checkSso } from "./check-sso.ts";
import { checkTrails } from "./check-trails.ts";
import { checkPersonality } from "./personality-shape.ts";
import { hintFor, treeOf, unfit } from "../../shapes/shape.ts";
import { type World, worldShape } from "./world.ts";
import { principalArns } from "./world-arns.ts";
import { withTrailPolicies, type WorldPlace } from "./world-trails.ts";
import {
  faultsMessage,
  type DocumentFault,
  DocumentFaults,
  type DocumentPath,
} from "../../shapes/document-faults.ts";

export interface WorldOptions {
  /** The server's: of what names no region, and of its partition. */
  readonly region: string;
}

/**
 * Reads a world from a value: `{ version: 1, accounts: { "111122223333": {} } }`. Throws StorageError
 * ConfigurationError with all that is wrong in it, up to a bound.
 */
export function worldOf(value: unknown, options: WorldOptions): World {
  const faults = new DocumentFaults();
  const world = readTree(treeOf(value), options, faults);
  if (world !== undefined) return world;
  throw worldError(faults, "The world", () => "");
}

/** All faults of a world; `placeOf`: what stands before each. */
export function worldError(
  faults: DocumentFaults,
  what: string,
  placeOf: (fault: DocumentFault) => string,
): StorageError {
  return new StorageError("ConfigurationError", faultsMessage(faults, what, placeOf), {
    remedy: "Correct the world; docs/world.md and docs/world.schema.json say what it can hold.",
  });
}

/** Undefined: it has faults. */
export function readTree(
  tree: unknown,
  options: WorldOptions,
  faults: DocumentFaults,
): World | undefined {
  const world = worldShape.read(tree, { path: [], faults });
  if (world === unfit) return undefined;
  checkWorld(world, tree, options, faults);
  if (faults.count > 0) return undefined;
  return withTrailPolicies(world, defaultPlace(options));
}

function defaultPlace({ region }: WorldOptions): WorldPlace {
  return { region, partition: partitionOfRegion(region).id };
}

function checkWorld(
  world: World,
  tree: unknown,
  options: WorldOptions,
  faults: DocumentFaults,
): void {
  const { region, partition } = defaultPlace(options);
  const principals = principalArns(world, partition);
  const taken = new Map<string, DocumentPath>();
  for (const [id, account] of world.accounts) {
    checkAccount({
      id,
      account,
      partition: account.partition ?? partition,
      region,
      faults,
      taken,
      treeAt: (path) => treeAt(tree, path),
      principalExists: (arn) => principalExists(principals, arn),
    });
  }
  checkOrganization(world, faults);
  checkSso(world, partition, faults);
  checkTrails(world, defaultPlace(options), faults);
  checkPersonality(world, faults);
  const hosts = new Map<string, DocumentPath>();
  for (const [id, endpoint] of world.vpcEndpoints) {
    const path = ["vpcEndpoints", id];
    if (!world.accounts.has(endpoint.account)) {
      const hint = hintFor(endpoint.account, [...world.accounts.keys()]);
      faults.add([...path, "account"], `is no account of this world; ${hint}`);
    }
    for (const [index, host] of endpoint.hosts.entries()) {
      const at = [...path, "hosts", index];
      if (hosts.has(host)) faults.add(at, "leads to another endpoint already");
      hosts.set(host, at);
    }
  }
}

function treeAt(tree: unknown, path: DocumentPath): unknown {
  let value = tree;
  for (const step of path) {
    if (value instanceof Map) value = (value as ReadonlyMap<unknown, unknown>).get(step);
    else if (Array.isArray(value) && typeof step === "number") value = value[step];
    else return undefined;
  }
  return value;
}

/** Of accounts that the world does not hold everybody counts as there. */
function principalExists(
  principals: ReadonlyMap<string, ReadonlySet<string>>,
  arn: string,
): boolean {
  const [, account = "", roleName] =
    /^arn:[^:]+:[^:]+::(\d+):(?:assumed-role\/([^/]+))?/.exec(arn) ?? [];
  const known = principals.get(account);
  if (known === undefined) return true;
  if (roleName === undefined) return known.has(arn);
  return [...known].some((role) => role.includes(":role/") && role.endsWith(`/${roleName}`));
}
