import type { Engine, ObjectRecord } from "../../engine/engine.ts";
import type { ListAnswer } from "../../engine/list-queries.ts";
import type { ListParameters } from "./list-parameters.ts";

export interface ListPageQuery {
  readonly bucket: string;
  readonly parameters: ListParameters;
  readonly after: string | undefined;
}

/** One page of ListObjects or ListObjectsV2. A limit of none asks for nothing and leaves nothing out. */
export function listPage(engine: Engine, query: ListPageQuery): ListAnswer<ObjectRecord> {
  const { prefix, delimiter, limit } = query.parameters;
  if (limit === 0) return { entries: [], commonPrefixes: [], truncated: false };
  return engine.listObjects({
    bucket: query.bucket,
    prefix,
    limit,
    ...(delimiter !== undefined && { delimiter }),
    ...(query.after !== undefined && query.after !== "" && { after: query.after }),
  });
}
