import { iamLimits } from "../../../core/iam-limits.ts";
import { element } from "../../../protocol/xml/render.ts";
import type { ContextLookup } from "../../../policy/request.ts";
import { QueryError } from "../../aws-query/query-error.ts";
import { type IamCall, type IamOperations, judge, requestTagKeys } from "../iam-call.ts";
import {
  alreadyExists,
  invalidValue,
  limitExceeded,
  noSuchEntity,
  overQuota,
} from "../iam-error.ts";
import { iamTables, issuerName, oidcKey, type OidcProviderRecord } from "../iam-records.ts";
import { memberList } from "../page.ts";
import { dateOf, tagFields } from "../render-entities.ts";
import { listed, merged, tagKeys, without } from "./tags.ts";

/** Issuers of web identities, which AssumeRoleWithWebIdentity takes. Source: IAM API Reference. */
export const oidcProviderOperations: IamOperations = {
  CreateOpenIDConnectProvider: async (call) => {
    const { input, account, directory, now } = call;
    const issuer = issuerOf(call);
    const clientIds = clientIdsOf(input.list("ClientIDList"));
    const thumbprints = thumbprintsOf(call);
    const tags = input.tags();
    const arn = arnOf(call, issuer);
    judge(call, "CreateOpenIDConnectProvider", { arn }, requestTagKeys(tags));
    if (tags.length > 0) judge(call, "TagOpenIDConnectProvider", { arn }, requestTagKeys(tags));
    const key = oidcKey(account.id, issuer);
    await directory.update((records) => {
      if (iamTables.oidcProviders.get(records, key) !== undefined) {
        throw alreadyExists(`Provider with url ${issuer} already exists.`);
      }
      const count = iamTables.oidcProviders.list(records, `${account.id}/`).length;
      if (count >= iamLimits.oidcProviders) {
        throw overQuota("OpenIdConnectProvidersPerAccount", iamLimits.oidcProviders);
      }
      iamTables.oidcProviders.put(records, key, {
        accountId: account.id,
        issuer,
        clientIds,
        thumbprints,
        createdAt: now,
        tags,
      });
    });
    return [element("OpenIDConnectProviderArn", arn), ...tagFields(tags)];
  },

  GetOpenIDConnectProvider: (call) => {
    const provider = permittedProvider(call, "GetOpenIDConnectProvider");
    return [
      element("Url", issuerName(provider.issuer)),
      memberList("ClientIDList", provider.clientIds),
      memberList("ThumbprintList", provider.thumbprints),
      element("CreateDate", dateOf(provider.createdAt)),
      ...tagFields(provider.tags),
    ];
  },

  ListOpenIDConnectProviders: (call) => {
    const { account, directory } = call;
    judge(call, "ListOpenIDConnectProviders", { arn: arnOf(call, "*") });
    const all = iamTables.oidcProviders.list(directory.records, `${account.id}/`);
    return [
      memberList(
        "OpenIDConnectProviderList",
        all.map(({ issuer }) => [element("Arn", arnOf(call, issuer))]),
      ),
    ];
  },

  DeleteOpenIDConnectProvider: async (call) => {
    const { issuer } = permittedProvider(call, "DeleteOpenIDConnectProvider");
    await call.directory.update((records) => {
      iamTables.oidcProviders.remove(records, oidcKey(call.account.id, issuer));
    });
    return undefined;
  },

  AddClientIDToOpenIDConnectProvider: async (call) => {
    const [clientId = ""] = clientIdsOf([call.input.required("ClientID")]);
    const provider = permittedProvider(call, "AddClientIDToOpenIDConnectProvider");
    await change(call, provider, (there) => ({
      ...there,
      clientIds: clientIdsOf([...new Set([...there.clientIds, clientId])]),
    }));
    return undefined;
  },

  RemoveClientIDFromOpenIDConnectProvider: async (call) => {
    const clientId = call.input.required("ClientID");
    const provider = permittedProvider(call, "RemoveClientIDFromOpenIDConnectProvider");
    await change(call, provider, (there) => ({
      ...there,
      clientIds: there.clientIds.filter((one) => one !== clientId),
    }));
    return undefined;
  },

  UpdateOpenIDConnectProviderThumbprint: async (call) => {
    const thumbprints = thumbprintsOf(call);
    const provider = permittedProvider(call, "UpdateOpenIDConnectProviderThumbprint");
    await change(call, provider, (there) => ({ ...there, thumbprints }));
    return undefined;
  },

  TagOpenIDConnectProvider: async (call) => {
    const tags = call.input.tags();
    const action = "TagOpenIDConnectProvider";
    const provider = permittedProvider(call, action, requestTagKeys(tags));
    await change(call, provider, (there) => ({ ...there, tags: merged(there.tags, tags) }));
    return undefined;
  },

  UntagOpenIDConnectProvider: async (call) => {
    const keys = call.input.list("TagKeys");
    const provider = permittedProvider(call, "UntagOpenIDConnectProvider", tagKeys(keys));
    await change(call, provider, (there) => ({ ...there, tags: without(there.tags, keys) }));
    return undefined;
  },

  ListOpenIDConnectProviderTags: (call) =>
    listed(call, permittedProvider(call, "ListOpenIDConnectProviderTags").tags),
};

function arnOf({ account }: IamCall, issuer: string): string {
  return `arn:${account.partition}:iam::${account.id}:oidc-provider/${issuerName(issuer)}`;
}

/** Throws QueryError ValidationError, NoSuchEntity. */
function permittedProvider(
  call: IamCall,
  action: string,
  keys?: ContextLookup,
): OidcProviderRecord {
  const { input, account, directory } = call;
  const arn = input.sized("OpenIDConnectProviderArn", 2048);
  const name = /^arn:[^:]+:iam::\d{12}:oidc-provider\/(.+)$/s.exec(arn)?.[1];
  if (name === undefined) throw invalidValue(`Invalid ARN: ${arn}`);
  const there = iamTables.oidcProviders.get(directory.records, oidcKey(account.id, name));
  const found = there !== undefined && arnOf(call, there.issuer) === arn ? there : undefined;
  judge(call, action, { arn, tags: found?.tags ?? [] }, keys);
  if (found === undefined) throw notFound(arn);
  return found;
}

async function change(
  call: IamCall,
  { issuer }: OidcProviderRecord,
  edit: (provider: OidcProviderRecord) => OidcProviderRecord,
): Promise<void> {
  const key = oidcKey(call.account.id, issuer);
  await call.directory.update((records) => {
    const there = iamTables.oidcProviders.get(records, key);
    if (there === undefined) throw notFound(arnOf(call, issuer));
    iamTables.oidcProviders.put(records, key, edit(there));
  });
}

function notFound(arn: string): QueryError {
  return noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
}

/** Source: IAM API Reference, CreateOpenIDConnectProvider. */
function issuerOf({ input }: IamCall): string {
  const url = input.sized("Url", iamLimits.oidcCharacters);
  if (/^https:\/\/[!-~]+$/.test(url) && !/[?#]/.test(url)) return url;
  throw new QueryError("InvalidInput", `Invalid Open ID Connect Provider URL ${url}`);
}

function clientIdsOf(ids: readonly string[]): readonly string[] {
  if (ids.length > iamLimits.oidcClientIds) {
    throw limitExceeded(`Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100`);
  }
  for (const id of ids) {
    if (id.length >= 1 && id.length <= iamLimits.oidcCharacters) continue;
    throw invalidValue("A client id has 1 to 255 characters.");
  }
  return ids;
}

function thumbprintsOf({ input }: IamCall): readonly string[] {
  const thumbprints = input.list("ThumbprintList");
  if (thumbprints.length > iamLimits.oidcThumbprints) {
    throw new QueryError("InvalidInput", "Thumbprint list must contain fewer than 5 entries.");
  }
  if (thumbprints.every((one) => /^[0-9a-fA-F]{40}$/.test(one))) return thumbprints;
  throw invalidValue("A thumbprint has 40 hexadecimal digits.");
}
