import type { Engine } from "../../engine/engine.ts";
import type { ListEnd } from "../../engine/list-queries.ts";
import type { ListedObjects } from "../../protocol/documents/listings/stored-entry.ts";
import type { ListParameters } from "./list-parameters.ts";
import { withRestoreStatus } from "./restore-status.ts";

export interface ListPageQuery {
  readonly bucket: string;
  readonly parameters: ListParameters;
  readonly after: string | undefined;
  /** When archived objects tell whether they are restored; undefined: they do not. */
  readonly restoresAt?: Date | undefined;
}

/** One page of ListObjects or ListObjectsV2. A limit of none asks for nothing and leaves nothing out. */
export function listPage(engine: Engine, query: ListPageQuery, objects: ListedObjects): ListEnd {
  const { prefix, delimiter, limit } = query.parameters;
  if (limit === 0) return { commonPrefixes: [], truncated: false };
  const wanted = {
    bucket: query.bucket,
    prefix,
    limit,
    ...(delimiter !== undefined && { delimiter }),
    ...(query.after !== undefined && query.after !== "" && { after: query.after }),
  };
  if (query.restoresAt === undefined) return engine.writeObjects(wanted, objects);
  // What tells it stands too far back in a row to be found in its bytes.
  const { entries, ...end } = engine.listObjects(wanted);
  for (const record of entries) objects.addContent(withRestoreStatus(record, query.restoresAt));
  return end;
}
