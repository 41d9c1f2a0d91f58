/** Fewest characters of a reason, of an exemption or in an annotation that declares one. */
export const shortestReason = 10;
