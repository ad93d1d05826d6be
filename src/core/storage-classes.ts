/**
 * Classes whose objects have to be restored before their bytes can be read or copied. Source: S3 User
 * Guide, "Working with archived objects".
 */
export const archivedClasses: ReadonlySet<string> = new Set(["GLACIER", "DEEP_ARCHIVE"]);
