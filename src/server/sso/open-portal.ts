import type { Engine } from "../../engine/engine.ts";
import type { IamDirectory } from "../iam/iam-directory.ts";
import type { WorldState } from "../world/world-state.ts";
import { SignIns } from "./sign-ins.ts";
import type { SsoPortal } from "./sso-call.ts";
import { type PortalApproval, SsoDirectory } from "./sso-directory.ts";
import { SsoTokens } from "./sso-tokens.ts";

interface PortalOptions {
  readonly engine: Engine;
  readonly identities: IamDirectory;
  readonly world: WorldState;
  readonly randomBytes: (count: number) => Buffer;
  /** Of the user of a portal that nobody has described. Default `page`. */
  readonly approval: PortalApproval | undefined;
}

export function openPortal(options: PortalOptions): SsoPortal {
  const { engine, identities, world, randomBytes, approval } = options;
  return {
    directory: new SsoDirectory(identities, world, approval ?? "page"),
    tokens: new SsoTokens(engine),
    signIns: new SignIns(randomBytes),
  };
}
