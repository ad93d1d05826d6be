import { findPolicyFault } from "./policy-reference.ts";
import { hintFor } from "../../shapes/shape.ts";
import type { World } from "./world.ts";
import type { DocumentFaults } from "../../shapes/document-faults.ts";

/** What assignments refer to, and what permission sets need in the accounts where they are assigned. */
export function checkSso(world: World, partition: string, faults: DocumentFaults): void {
  const { sso, accounts } = world;
  if (sso === undefined) return;
  const seen = new Set<string>();
  const names = {
    user: [...sso.users.keys()],
    account: [...accounts.keys()],
    permissionSet: [...sso.permissionSets.keys()],
  };
  const kinds = { user: "user", account: "account", permissionSet: "permission set" } as const;
  for (const [index, assignment] of sso.assignments.entries()) {
    const path = ["sso", "assignments", index];
    const text = JSON.stringify([assignment.user, assignment.account, assignment.permissionSet]);
    if (seen.has(text)) faults.add(path, "stands in this list already");
    seen.add(text);
    for (const field of ["user", "account", "permissionSet"] as const) {
      const name = assignment[field];
      if (names[field].includes(name)) continue;
      faults.add([...path, field], `is no ${kinds[field]} here; ${hintFor(name, names[field])}`);
    }
    checkPolicies(world, partition, assignment, faults);
  }
}

function checkPolicies(
  { sso, accounts }: World,
  serversPartition: string,
  assignment: { readonly account: string; readonly permissionSet: string },
  faults: DocumentFaults,
): void {
  const { account: id, permissionSet } = assignment;
  const set = sso?.permissionSets.get(permissionSet);
  const account = accounts.get(id);
  if (set === undefined || account === undefined) return;
  const path = ["sso", "permissionSets", permissionSet];
  const { partition = serversPartition } = account;
  for (const [index, reference] of set.attached.entries()) {
    const fault = findPolicyFault(reference, id, account, partition);
    if (fault !== undefined) faults.add([...path, "attached", index], fault);
  }
  if (set.boundary === undefined) return;
  const fault = findPolicyFault(set.boundary, id, account, partition);
  if (fault !== undefined) faults.add([...path, "boundary"], fault);
}
