import type { IamDirectory } from "../iam/iam-directory.ts";
import { iamTables } from "../iam/iam-records.ts";
import type { WorldSsoUser } from "../world/sso-shape.ts";
import { permissionSetRole } from "../world/world-arns.ts";
import type { WorldState } from "../world/world-state.ts";

/** Somebody who signs in at the portal. */
export interface SsoUser extends WorldSsoUser {
  readonly name: string;
}

/** How sign-ins are approved where no world says it; `off`: nobody signs in. */
export type PortalApproval = SsoUser["approval"] | "off";

/** A role that a user has in an account. */
export interface SsoAssignment {
  readonly accountId: string;
  /** By which programs ask for the role. */
  readonly permissionSet: string;
  /** `AWSReservedSSO_<permission set>_<16 hex digits>`. */
  readonly roleName: string;
  /** Of the role's sessions. */
  readonly sessionSeconds: number;
}

/** Source: IAM Identity Center User Guide, "Referencing permission sets". */
const ssoRole = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/;
const ssoPath = "/aws-reserved/sso.amazonaws.com/";
const developer = "developer";
const defaultSessionSeconds = 3600;

/**
 * Who may sign in at the portal, and what they get there: as the world says. Where it says nothing it is
 * one user, `developer`, with every role that has the form of a permission set's.
 */
export class SsoDirectory {
  readonly #identities: IamDirectory;
  readonly #world: WorldState;
  readonly #approval: PortalApproval;

  /** `approval`: of the user `developer`; `off`: there is none. */
  constructor(identities: IamDirectory, world: WorldState, approval: PortalApproval) {
    this.#identities = identities;
    this.#world = world;
    this.#approval = approval;
  }

  users(): readonly SsoUser[] {
    const { sso } = this.#world.current ?? {};
    if (sso === undefined) return this.#developer();
    return Array.from(sso.users, ([name, user]) => ({ name, ...user }));
  }

  findUser(name: string): SsoUser | undefined {
    return this.users().find((user) => user.name === name);
  }

  assignments({ name }: SsoUser): readonly SsoAssignment[] {
    const { sso } = this.#world.current ?? {};
    if (sso === undefined) return name === developer ? this.#everyRole() : [];
    return sso.assignments.flatMap(({ user, account, permissionSet }) => {
      const set = sso.permissionSets.get(permissionSet);
      if (user !== name || set === undefined) return [];
      const { name: roleName } = permissionSetRole(account, permissionSet);
      return { accountId: account, permissionSet, roleName, sessionSeconds: set.sessionDuration };
    });
  }

  accountName(accountId: string): string {
    const account = this.#identities.findAccount(accountId);
    return account?.name ?? account?.alias ?? accountId;
  }

  #developer(): readonly SsoUser[] {
    const approval = this.#approval;
    return approval === "off" ? [] : [{ name: developer, approval, sessions: "valid" }];
  }

  #everyRole(): readonly SsoAssignment[] {
    return iamTables.roles.list(this.#identities.records).flatMap((role) => {
      const permissionSet = ssoRole.exec(role.name)?.[1];
      if (permissionSet === undefined || !role.path.startsWith(ssoPath)) return [];
      const { accountId, name: roleName } = role;
      return [{ accountId, permissionSet, roleName, sessionSeconds: defaultSessionSeconds }];
    });
  }
}
