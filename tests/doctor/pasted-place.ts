/** Where the errors that are pasted came from, as far as the settings tell. */
export const pastedPlace = {
  bucket: "lab",
  region: "us-east-1",
  endpointUrl: undefined,
  partition: "aws",
  store: "aws",
} as const;
