/** Whether two ETags name the same bytes, however they are quoted; an empty one names none. */
export function sameEtag(left: string, right: string): boolean {
  return left !== "" && bare(left) === bare(right);
}

function bare(etag: string): string {
  return etag.replace(/^W\//, "").replace(/^"(.*)"$/, "$1");
}
