import { answerObject } from "../objects/object-answer.ts";
import type { Operation } from "../operation.ts";

export const getObject: Operation = {
  name: "GetObject",
  handle: async (request) => {
    const answer = await answerObject(request, { reads: true });
    const { status, headers, record, selected, dataKey } = answer;
    if (status === 304) return { status, headers };
    // A part of no bytes has no range, but the object around it may have bytes.
    if (headers["content-length"] === "0") return { status, headers, body: "" };
    const content = request.engine.read(record, selected.range, dataKey);
    return { status, headers, body: content.takeWhole() ?? content };
  },
};
