import { iamLimits } from "../../../core/iam-limits.ts";
import { element } from "../../../protocol/xml/render.ts";
import { boundaryKeys } from "../boundary-parameter.ts";
import {
  change,
  type EntityKind,
  entityKinds,
  type EntityRecord,
  nameIn,
  permitted,
} from "../entity-kinds.ts";
import type { IamCall, IamOperations } from "../iam-call.ts";
import { limitExceeded, noSuchEntity } from "../iam-error.ts";
import { nameKey } from "../iam-records.ts";
import { memberList, pageOf } from "../page.ts";
import { assertIdentityDocument, characters, documentParameter } from "../policy-parameter.ts";
import { documentText } from "../render-entities.ts";

/** PutUserPolicy, GetRolePolicy, ListGroupPolicies, ... */
export const inlinePolicyOperations: IamOperations = Object.assign(
  {},
  ...entityKinds.map(operationsOf),
);

function operationsOf(kind: EntityKind): IamOperations {
  const { label } = kind;
  return {
    [`Put${label}Policy`]: async (call) => {
      const name = call.input.name("PolicyName");
      const document = documentParameter(call);
      const holder = permitted(call, kind, `Put${label}Policy`, { keys: limitsOf(call, kind) });
      assertIdentityDocument(document);
      await change(call, kind, holder.name, (there) => {
        const inline = { ...there.inline, [name]: document };
        assertRoom(kind, there.name, inline);
        return { ...there, inline };
      });
      return undefined;
    },

    [`Get${label}Policy`]: (call) => {
      const name = call.input.name("PolicyName");
      const holder = permitted(call, kind, `Get${label}Policy`);
      return [
        element(`${label}Name`, holder.name),
        element("PolicyName", name),
        element("PolicyDocument", documentText(documentIn(kind, holder, name))),
      ];
    },

    [`Delete${label}Policy`]: async (call) => {
      const name = call.input.name("PolicyName");
      const action = `Delete${label}Policy`;
      const holder = permitted(call, kind, action, { keys: limitsOf(call, kind) });
      await change(call, kind, holder.name, (there) => {
        documentIn(kind, there, name);
        const { [name]: _, ...inline } = there.inline;
        return { ...there, inline };
      });
      return undefined;
    },

    [`List${label}Policies`]: (call) => {
      const { inline } = permitted(call, kind, `List${label}Policies`);
      const all = Object.keys(inline).map((name) => ({ key: name, item: name }));
      const { items, more } = pageOf(call.input, all);
      return [memberList("PolicyNames", items), ...more];
    },
  };
}

function documentIn({ kind }: EntityKind, { inline }: EntityRecord, name: string): string {
  const document = Object.hasOwn(inline, name) ? inline[name] : undefined;
  if (document !== undefined) return document;
  throw noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`);
}

function assertRoom({ kind }: EntityKind, name: string, inline: EntityRecord["inline"]): void {
  const limit = iamLimits.inlineCharacters[kind];
  const used = Object.values(inline).reduce((sum, document) => sum + characters(document), 0);
  if (used <= limit) return;
  throw limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${kind} ${name}`);
}

/** `iam:PermissionsBoundary` of who is changed. */
export function limitsOf(call: IamCall, kind: EntityKind) {
  const { directory, account } = call;
  const row = kind.table.get(directory.records, nameKey(account.id, nameIn(call, kind)));
  return boundaryKeys(row !== undefined && "boundary" in row ? row.boundary : undefined);
}
