import { serveSetting } from "./serve-setting.ts";

/** Versioning can be suspended, never taken back. */
export const versioning = serveSetting("versioning");
