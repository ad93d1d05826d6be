import { anyText } from "./any-text.ts";

/** XML has no way to write U+0000, nor has S3. */
export const xmlText = anyText.map((value) => value.replaceAll("\u0000", ""));
