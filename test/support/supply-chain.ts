/** What a stack of staging or prod has to say of its images, for tests about something else: keys without the project's name. */
export const supplyChain = {
  policy: { scans: { folder: "scans" } },
  imageSignatures: { images: { "**": { unsigned: "images of a test, signed by nobody" } } },
} as const;
