import type { Engine } from "../engine/engine.ts";
import type { BucketPolicies } from "./bucket-policies.ts";
import type { TrustedProxies } from "./client-origin.ts";
import type { Faults } from "./faults/faults.ts";
import type { IamDirectory } from "./iam/iam-directory.ts";
import type { KeyStore } from "./kms/key-store.ts";
import type { Personality } from "./personalities/personality.ts";
import type { VpcEndpoints } from "./world/vpc-endpoints.ts";
import type { WorldState } from "./world/world-state.ts";
import type { KeyRing } from "./key-ring.ts";
import type { BucketLogs } from "./logs/bucket-logs.ts";
import type { RequestObserver } from "./request-trace.ts";
import type { AccountBlocks } from "./s3control/account-blocks.ts";
import type { SsoPortal } from "./sso/sso-call.ts";
import type { OidcProviders } from "./sts/web-identity/oidc-providers.ts";
import type { SessionTokens } from "./sts/session-tokens.ts";
import type { TrailRecorder } from "./trail/trail-recorder.ts";
import type { ServerEvent } from "./server-event.ts";

/** What every request needs of the server. */
export interface ServerContext {
  readonly engine: Engine;
  readonly identities: IamDirectory;
  readonly keyRing: KeyRing;
  readonly sessionTokens: SessionTokens;
  readonly portal: SsoPortal;
  readonly oidcProviders: OidcProviders;
  readonly policies: BucketPolicies;
  readonly keys: KeyStore;
  /** Undefined: the server is AWS S3. */
  readonly personality?: Personality;
  readonly accountBlocks: AccountBlocks;
  readonly recorder: TrailRecorder;
  readonly bucketLogs: BucketLogs;
  /** Undefined: nothing goes wrong on purpose. */
  readonly faults?: Faults;
  readonly world: WorldState;
  readonly vpcEndpoints: VpcEndpoints;
  readonly region: string;
  readonly partition: string;
  /** Lower case, such as `s3.localhost`. */
  readonly virtualHostDomains: readonly string[];
  readonly trustedProxies: TrustedProxies;
  /** Whether links and forms of Signature Version 2 are taken. */
  readonly sigV2Links: boolean;
  readonly now: () => Date;
  readonly randomBytes: (count: number) => Buffer;
  readonly log: (event: ServerEvent) => void;
  readonly observers: readonly RequestObserver[];
}
