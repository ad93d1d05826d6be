import { partitionOfRegion } from "../core/partition.ts";
import { safeListener } from "../core/safe-listener.ts";
import { drawBytes } from "../engine/draw-bytes.ts";
import { createBucketPolicies } from "./bucket-policies.ts";
import { IamDirectory } from "./iam/iam-directory.ts";
import { KeyRing } from "./key-ring.ts";
import { KeyStore } from "./kms/key-store.ts";
import { Faults, noFaults } from "./faults/faults.ts";
import { BucketLogs } from "./logs/bucket-logs.ts";
import { AccountBlocks } from "./s3control/account-blocks.ts";
import type { ServerContext } from "./server-context.ts";
import type { ServerWatch } from "./server-watch.ts";
import type { StartServerOptions } from "./start-server.ts";
import { openPortal } from "./sso/open-portal.ts";
import { OidcProviders } from "./sts/web-identity/oidc-providers.ts";
import { SessionTokens } from "./sts/session-tokens.ts";
import { TrailRecorder } from "./trail/trail-recorder.ts";
import { VpcEndpoints } from "./world/vpc-endpoints.ts";
import { WorldState } from "./world/world-state.ts";

export interface ContextParts extends Pick<ServerContext, "engine" | "trustedProxies" | "now"> {
  readonly watch: Pick<ServerWatch, "observers" | "trailLog">;
}

/** What every request needs of the server, made once. */
export function makeContext(
  options: StartServerOptions,
  { engine, trustedProxies, now, watch }: ContextParts,
): ServerContext {
  const { ssoApproval } = options;
  const world = new WorldState();
  const { policies, ...played } = playedParts(options);
  const { region } = played;
  const draw = options.randomBytes ?? drawBytes;
  const identities = new IamDirectory(engine, draw);
  const sessionTokens = new SessionTokens(engine.secrets);
  const partition = partitionOfRegion(region).id;
  const shared = {
    engine,
    identities,
    policies,
    keys: new KeyStore(engine, now, identities),
    accountBlocks: new AccountBlocks(engine),
    partition,
    now,
    randomBytes: draw,
    log: options.logger ?? ((): void => {}),
  };
  const bucketLogs = new BucketLogs(shared);
  const recorder = new TrailRecorder(shared, { region, partition }, watch.trailLog);
  return {
    ...shared,
    recorder,
    bucketLogs,
    observers: [recorder.observe, bucketLogs.observe, ...watch.observers].map((observer) =>
      safeListener("A record of requests", observer),
    ),
    keyRing: new KeyRing(identities, sessionTokens),
    sessionTokens,
    oidcProviders: new OidcProviders(engine.records, world),
    portal: openPortal({ engine, identities, world, randomBytes: draw, approval: ssoApproval }),
    ...played,
    world,
    vpcEndpoints: new VpcEndpoints(engine.records),
    trustedProxies,
    sigV2Links: options.sigV2Links ?? false,
  };
}

/** Which store the server is, and what goes wrong with it. */
function playedParts({
  personality,
  world,
  faults = world && new Faults(noFaults),
  region = "us-east-1",
  virtualHostDomains = personality === undefined ? ["localhost", "s3.localhost"] : [],
}: StartServerOptions) {
  return {
    region: personality?.region ?? region,
    policies: personality?.policies ?? createBucketPolicies(),
    virtualHostDomains,
    ...(personality !== undefined && { personality }),
    ...(faults !== undefined && { faults }),
  };
}
