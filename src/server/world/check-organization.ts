import { worldLimits } from "../../core/world-limits.ts";
import { fullAccess, type WorldOrganization } from "./organization-shape.ts";
import { hintFor } from "../../shapes/shape.ts";
import type { World } from "./world.ts";
import type { DocumentFaults, DocumentPath } from "../../shapes/document-faults.ts";

const at = ["organization"];

/** What an organisation refers to: accounts, units without cycles, policies. */
export function checkOrganization(world: World, faults: DocumentFaults): void {
  const { organization, accounts } = world;
  if (organization === undefined) return;
  const ids = [...accounts.keys()];
  if (!accounts.has(organization.managementAccount)) {
    const hint = hintFor(organization.managementAccount, ids);
    faults.add([...at, "managementAccount"], `is no account of this world; ${hint}`);
  }
  for (const [index, id] of organization.delegatedAdministrators.entries()) {
    if (organization.accounts.has(id)) continue;
    const hint = hintFor(id, [...organization.accounts.keys()]);
    const path = [...at, "delegatedAdministrators", index];
    faults.add(path, `is no member account of the organisation; ${hint}`);
  }
  checkAttachments(organization, organization.root, [...at, "root"], faults);
  const units = [...organization.units.keys()];
  for (const [name, unit] of organization.units) {
    const path = [...at, "units", name];
    checkAttachments(organization, unit, path, faults);
    if (unit.parent === undefined) continue;
    if (organization.units.has(unit.parent)) checkDepth(organization, name, path, faults);
    else faults.add([...path, "parent"], `is no unit; ${hintFor(unit.parent, units)}`);
  }
  for (const [id, member] of organization.accounts) {
    const path = [...at, "accounts", id];
    checkAttachments(organization, member, path, faults);
    if (!accounts.has(id)) {
      faults.addAtName(path, `is no account of this world; ${hintFor(id, ids)}`);
    }
    if (member.unit === undefined || organization.units.has(member.unit)) continue;
    faults.add([...path, "unit"], `is no unit; ${hintFor(member.unit, units)}`);
  }
}

/** A cycle is told at each unit in it, which is where it can be cut. */
function checkDepth(
  { units }: WorldOrganization,
  name: string,
  path: DocumentPath,
  faults: DocumentFaults,
): void {
  const way = [name];
  for (let parent = units.get(name)?.parent; parent !== undefined;) {
    way.push(parent);
    if (parent === name) {
      faults.add([...path, "parent"], `makes a cycle: ${way.join(" in ")}`);
      return;
    }
    if (way.length > worldLimits.organizationalUnitDepth) break;
    parent = units.get(parent)?.parent;
  }
  if (way.length <= worldLimits.organizationalUnitDepth) return;
  const problem = `lies deeper than ${worldLimits.organizationalUnitDepth} units: ${way.join(" in ")}`;
  faults.add([...path, "parent"], problem);
}

function checkAttachments(
  organization: WorldOrganization,
  attached: Pick<WorldOrganization["root"], "serviceControlPolicies" | "resourceControlPolicies">,
  path: DocumentPath,
  faults: DocumentFaults,
): void {
  const check = (
    kind: "serviceControlPolicies" | "resourceControlPolicies",
    ofAws: string,
  ): void => {
    const known = [ofAws, ...organization[kind].keys()];
    for (const [index, name] of attached[kind].entries()) {
      if (known.includes(name)) continue;
      const hint = hintFor(name, known);
      faults.add([...path, kind, index], `is no policy of the organisation; ${hint}`);
    }
  };
  check("serviceControlPolicies", fullAccess.serviceControl);
  check("resourceControlPolicies", fullAccess.resourceControl);
}
